const UNITS = ['KiB', 'MiB', 'GiB', 'TiB'];

/** Bytes for people: one decimal, powers of 1024, as the command line writes them. */
export function size(bytes) {
  if (typeof bytes !== 'number') {
    return '–';
  }
  if (bytes < 1024) {
    return `${bytes} B`;
  }
  let value = bytes / 1024;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value.toFixed(1)} ${UNITS[unit]}`;
}

/** An instant in the reader's own time zone and language. */
export function when(iso) {
  const instant = new Date(iso);
  return Number.isNaN(instant.getTime())
    ? '–'
    : instant.toLocaleString(undefined, {dateStyle: 'medium', timeStyle: 'short'});
}

/** An instant to the second, in the reader's own time zone and language. */
export function exactly(iso) {
  const instant = new Date(iso);
  return Number.isNaN(instant.getTime())
    ? '–'
    : instant.toLocaleString(undefined, {dateStyle: 'medium', timeStyle: 'medium'});
}

/** How far an operation is: phase, and bytes where it counts them. */
export function progressText(operation) {
  const words = [operation.phase || operation.kind];
  if (typeof operation.percent === 'number') {
    words.push(`${operation.percent} %`);
  }
  if (operation.totalBytes) {
    words.push(`${size(operation.doneBytes)} of ${size(operation.totalBytes)}`);
  }
  return words.join(' · ');
}
