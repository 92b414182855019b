/** Numbers and times as people read them. Pure functions; units are in the names of the arguments. */

const grouped = new Intl.NumberFormat('en-US');

/** 1234 → "1,234"; from ten million on "12.3M", so that a figure never outgrows its place. */
export function count(n: number): string {
  if (!Number.isFinite(n)) return '–';
  if (Math.abs(n) < 1e7) return grouped.format(Math.round(n));
  const [divisor, unit] = Math.abs(n) < 1e9 ? [1e6, 'M'] : [1e9, 'B'];
  return `${(n / divisor).toFixed(1)}${unit}`;
}

/** A part of a whole: "2.4%", "<0.1%" when tiny but not zero, "–" without a whole. */
export function share(part: number, whole: number): string {
  if (!(whole > 0) || !Number.isFinite(part)) return '–';
  const percent = (part / whole) * 100;
  if (percent > 0 && percent < 0.1) return '<0.1%';
  if (percent < 100 && percent > 99.9) return '>99.9%';
  return `${percent.toFixed(percent === 0 || percent === 100 ? 0 : 1)}%`;
}

/** How long something took: "812 µs", "4.0 ms", "1.2 s", "2 min 5 s". */
export function took(us: number): string {
  if (!Number.isFinite(us) || us < 0) return '–';
  if (us < 1000) return `${Math.round(us)} µs`;
  if (us < 99_950) return `${(us / 1e3).toFixed(1)} ms`;
  if (us < 999_500) return `${Math.round(us / 1e3)} ms`;
  if (us < 59_950_000) return `${(us / 1e6).toFixed(1)} s`;
  const s = Math.round(us / 1e6);
  return `${Math.floor(s / 60)} min ${s % 60} s`;
}

/** How long something has been running: "42 s", "3 min", "5 h 12 min", "9 d 4 h". */
export function lasting(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return '–';
  const s = Math.floor(seconds);
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min`;
  if (s < 86_400) return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
  return `${Math.floor(s / 86_400)} d ${Math.floor((s % 86_400) / 3600)} h`;
}

/** An RFC 3339 time as seen from `nowMs`: "now", "12 s ago", "3 min ago"; "never" for null. */
export function ago(time: string | null | undefined, nowMs: number): string {
  if (!time) return 'never';
  const then = Date.parse(time);
  if (Number.isNaN(then)) return '–';
  const s = Math.floor((nowMs - then) / 1000);
  if (s < 2) return 'now';
  if (s < 60) return `${s} s ago`;
  if (s < 3600) return `${Math.floor(s / 60)} min ago`;
  if (s < 86_400) return `${Math.floor(s / 3600)} h ago`;
  return `${Math.floor(s / 86_400)} d ago`;
}

/** An RFC 3339 time as local clock time, "10:00:00", with ".123" when `millis`. Fixed width. */
export function clock(time: string | number, millis = false): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return '–';
  const two = (n: number) => String(n).padStart(2, '0');
  const base = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return millis ? `${base}.${String(date.getMilliseconds()).padStart(3, '0')}` : base;
}

/** 1536 → "1.5 KiB". */
export function bytes(n: number): string {
  if (!Number.isFinite(n) || n < 0) return '–';
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let unit = 0;
  while (n >= 1024 && unit < units.length - 1) {
    n /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? Math.round(n) : n.toFixed(1)} ${units[unit]}`;
}
