/**
 * Lays a timeline out, newest first. A checkpoint and the one that follows on it have the same
 * depth; only what branches off is deeper, so that a long history stays narrow. Where several follow
 * on one, the way to where the VPS is stays straight, else the way to the youngest.
 *
 * @param {{here: ?string, checkpoints: object[]}} timeline as the manager shows it
 * @returns {{entry: object, depth: number, here: boolean}[]}
 */
export function rows({here, checkpoints}) {
  const byId = new Map(checkpoints.map((entry) => [entry.id, entry]));
  const children = new Map();
  const firsts = [];
  for (const entry of checkpoints) {
    if (byId.has(entry.parent)) {
      children.set(entry.parent, [...(children.get(entry.parent) ?? []), entry]);
    } else {
      firsts.push(entry);
    }
  }
  const wayHere = new Set();
  for (let at = byId.get(here); at && !wayHere.has(at); at = byId.get(at.parent)) {
    wayHere.add(at);
  }
  const drawn = [];
  const column = (first, depth) => {
    for (let entry = first; entry; ) {
      drawn.push({entry, depth, here: entry.id === here});
      const next = children.get(entry.id) ?? [];
      const straight = next.find((child) => wayHere.has(child)) ?? next.at(-1);
      next.filter((child) => child !== straight).forEach((child) => column(child, depth + 1));
      entry = straight;
    }
  };
  firsts.forEach((first) => column(first, 0));
  return drawn.reverse();
}
