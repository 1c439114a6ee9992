import type { Behaviour } from './case.ts';
import { type Json, pythonSpacing, pythonString, pythonText } from './json.ts';

/** What an invocation ends with: JSON text, and whether it is the payload of an error. */
export interface Outcome {
  readonly kind: 'returned' | 'error';
  readonly payload: string;
}

/** Does what a recorded function of the Python runtime did with its event. `sleep` resolves after that many seconds. */
export async function behave(
  behaviour: Behaviour,
  event: string,
  ports: { sleep(seconds: number): Promise<void>; requestId(): string },
): Promise<Outcome> {
  switch (behaviour.kind) {
    case 'echo':
      return { kind: 'returned', payload: pythonSpacing(event) };
    case 'return':
      return { kind: 'returned', payload: returnedText(behaviour.value) };
    case 'raise': {
      const { errorMessage, errorType, stackTrace } = behaviour;
      const error = { errorMessage, errorType, requestId: ports.requestId(), stackTrace };
      return { kind: 'error', payload: pythonText(error) };
    }
    case 'sleep':
      await ports.sleep(behaviour.seconds);
      return behave(behaviour.then, event, ports);
    case 'returnLargeString':
      return { kind: 'returned', payload: JSON.stringify(behaviour.char.repeat(behaviour.bytes)) };
    case 'template': {
      const text = behaviour.template.replace('{event}', () => pythonString(JSON.parse(event) as Json));
      return { kind: 'returned', payload: JSON.stringify(text) };
    }
  }
}

/**
 * A text that is itself JSON was returned as bytes, which the Python runtime sends as they are: the recorded
 * Content-Length of such an answer is that of the bytes.
 */
function returnedText(value: Json): string {
  return typeof value === 'string' && isJson(value) ? value : pythonText(value);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
