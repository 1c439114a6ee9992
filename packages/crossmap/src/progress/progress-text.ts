import type { MapRunProgress } from './map-run-progress.ts';

/** `width` cells, filled by the fraction; never full before it is 1. An unknown fraction is an empty bar. */
export function barText(fraction: number | undefined, width: number): string {
  const filled = Math.floor(Math.min(Math.max(fraction ?? 0, 0), 1) * width);
  return '█'.repeat(filled) + '░'.repeat(width - filled);
}

/** Four cells: ` 58%`, never `100%` before it is 1. Empty cells for an unknown fraction. */
export function percentText(fraction: number | undefined): string {
  return fraction === undefined ? '    ' : `${Math.floor(fraction * 100)}%`.padStart(4);
}

/** `1,234,567` */
export function countText(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 item`, `1,234 items` */
export function itemsText(count: number): string {
  return `${countText(count)} ${count === 1 ? 'item' : 'items'}`;
}

/** `312 items/s`; below 10 with one decimal, so that a slow Map Run does not read as a standing one. */
export function rateText(itemsPerSecond: number): string {
  const slow = itemsPerSecond > 0 && itemsPerSecond < 9.95;
  return `${slow ? Math.max(itemsPerSecond, 0.1).toFixed(1) : countText(itemsPerSecond)} items/s`;
}

/** `0:04`, `12:30`, `3:07:00`; seconds are rounded up, so that only an end reads `0:00`. */
export function clockText(seconds: number): string {
  const whole = Math.ceil(Math.max(seconds, 0));
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const two = (part: number) => String(part).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** `1,360 of 2,345 items · 2 failed`; what zero items means depends on whether the Map Run has ended. */
export function itemCountsText({ done, total, failed, ended }: MapRunProgress): string {
  if (total === 0) return ended ? 'no items' : 'reading items';
  return `${countText(done)} of ${itemsText(total)} · ${countText(failed)} failed`;
}

/** The whole of it in one line, for logs: `1,360 of 2,345 items · 2 failed · 312 items/s · 0:04 left`. */
export function progressLine(progress: MapRunProgress): string {
  const parts = [itemCountsText(progress)];
  if (progress.total > 0 && progress.itemsPerSecond !== undefined) parts.push(rateText(progress.itemsPerSecond));
  if (progress.secondsLeft !== undefined) parts.push(`${clockText(progress.secondsLeft)} left`);
  return parts.join(' · ');
}

/** `0.4 s`, `12.4 s`, `12:30`, `3:07:00` */
export function durationText(seconds: number): string {
  return seconds < 59.95 ? `${Math.max(seconds, 0).toFixed(1)} s` : clockText(seconds);
}
