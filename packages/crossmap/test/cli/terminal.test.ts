import assert from 'node:assert/strict';
import { test } from 'node:test';
import { displayWidth, fit, hasColour, justify, openDisplay, printable } from '../../src/cli/terminal.ts';
import { fakeHost } from './fake-host.ts';

/** What a terminal shows after the escape codes that a display writes. */
function screen(written: string): string[] {
  let rows = [''];
  let row = 0;
  for (const [, up, erase, other, text] of written.matchAll(
    /\x1b\[(\d+)A|(\x1b\[0J)|(\x1b\[\?\d+[hl]|\r)|([^\x1b\r]+)/g,
  )) {
    if (up !== undefined) row -= Number(up);
    else if (erase !== undefined) rows = [...rows.slice(0, row), ''];
    else if (other === undefined && text !== undefined) {
      const [first = '', ...more] = text.split('\n');
      rows[row] = (rows[row] ?? '') + first;
      for (const line of more) {
        row += 1;
        rows[row] = line;
      }
    }
  }
  return rows;
}

/** A display whose window is whatever was set last. */
function display(options: { terminal: boolean; env?: Record<string, string> }) {
  const host = fakeHost(options);
  const state = { window: [''] as string[], line: { state: '', text: '' } };
  const shown = { window: () => state.window, line: () => state.line };
  const opened = openDisplay(shown, host.stderr, host);
  return {
    host,
    opened,
    async show(change: Partial<typeof state>, afterMs = 0) {
      await host.clock.sleep(afterMs, host.interruptible());
      Object.assign(state, change);
      opened.update();
    },
  };
}

test('a terminal shows the last window and nothing of those before it', async () => {
  const { host, show } = display({ terminal: true });
  await show({ window: ['one', 'two', 'three'] });
  await show({ window: ['four'] }, 100);
  assert.deepEqual(screen(host.written.stderr), ['four', '']);
});

test('updates within 80 ms are one frame', async () => {
  const { host, show } = display({ terminal: true });
  await show({ window: ['one'] });
  await show({ window: ['two'] }, 79);
  assert.deepEqual(screen(host.written.stderr), ['one', '']);
  await show({ window: ['three'] }, 1);
  assert.deepEqual(screen(host.written.stderr), ['three', '']);
});

test('the end leaves nothing of the window, and the cursor visible', async () => {
  const { host, opened, show } = display({ terminal: true });
  await show({ window: ['one', 'two'] });
  opened.end();
  assert.deepEqual(screen(host.written.stderr), ['']);
  assert.ok(host.written.stderr.lastIndexOf('\x1b[?25h') > host.written.stderr.lastIndexOf('\x1b[?25l'));
});

test('a display that ends before its first frame writes nothing to a terminal', () => {
  const { host, opened } = display({ terminal: true });
  opened.end();
  assert.equal(host.written.stderr, '');
});

for (const [where, options] of Object.entries({
  'a pipe': { terminal: false },
  'TERM=dumb': { terminal: true, env: { TERM: 'dumb' } },
  CI: { terminal: true, env: { CI: 'true' } },
})) {
  test(`${where} gets lines without an escape code`, async () => {
    const { host, opened, show } = display(options);
    await show({ line: { state: 'a', text: 'first' } });
    opened.end();
    assert.equal(host.written.stderr, 'first\n');
  });
}

test('NO_COLOR takes colours from a terminal, not its window', async () => {
  const { host, show } = display({ terminal: true, env: { NO_COLOR: '1' } });
  await show({ window: ['one'] });
  assert.equal(hasColour(host.stderr, host.env), false);
  assert.deepEqual(screen(host.written.stderr), ['one', '']);
});

test('lines: the first, a new state once a second, a new text every 10 seconds, and the last', async () => {
  const { host, opened, show } = display({ terminal: false });
  await show({ line: { state: 'list', text: 'list 0' } });
  await show({ line: { state: 'map', text: 'too soon after the first' } }, 900);
  await show({ line: { state: 'map', text: 'map 1' } }, 100);
  await show({ line: { state: 'map', text: 'only the text is new' } }, 9_900);
  await show({ line: { state: 'map', text: 'map 2' } }, 100);
  await show({ line: { state: 'map', text: 'map 3' } }, 100);
  opened.end();
  assert.deepEqual(host.written.stderr.split('\n'), ['list 0', 'map 1', 'map 2', 'map 3', '']);
});

test('the same text is not written twice', async () => {
  const { host, opened, show } = display({ terminal: false });
  await show({ line: { state: 'map', text: 'map' } });
  await show({}, 60_000);
  opened.end();
  assert.equal(host.written.stderr, 'map\n');
});

test('wide characters take two cells, combining ones none, escape codes none', () => {
  assert.deepEqual(['abc', '日本', '🚀', 'e\u0301', '\x1b[31mred\x1b[39m'].map(displayWidth), [3, 4, 2, 1, 3]);
});

test('a longer text is cut to the columns, never through a wide character', () => {
  assert.deepEqual(
    [fit('abcdef', 6), fit('abcdefg', 6), fit('日本語', 5), fit('日本語', 4)],
    ['abcdef', 'abcde…', '日本…', '日…'],
  );
});

test('of a justified line the left side gives way', () => {
  assert.equal(justify('left', 'right', 12), 'left   right');
  assert.equal(justify('much too long', 'right', 12), 'much … right');
});

test('text of others cannot move the cursor or turn the line around', () => {
  assert.equal(printable('a\x1b[2Jb\nc\u202ed'), 'a\ufffd[2Jb c\ufffdd');
});
