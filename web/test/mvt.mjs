/** A tiny vector tile encoder for the mock: one layer of polygons with text and number tags. */

const EXTENT = 4096;

/** The tile's place of a longitude and latitude, in tile units. */
export function tilePlace(lon, lat, { z, x, y }) {
  const n = 2 ** z;
  const radians = (lat * Math.PI) / 180;
  const worldX = ((lon + 180) / 360) * n;
  const worldY = ((1 - Math.log(Math.tan(radians) + 1 / Math.cos(radians)) / Math.PI) / 2) * n;
  return [Math.round((worldX - x) * EXTENT), Math.round((worldY - y) * EXTENT)];
}

/** The bytes of a tile with one layer; each feature is {ring: [[lon, lat]…], tags: {…}}. */
export function encodeTile(name, features, tile) {
  const keys = [];
  const values = [];
  const indexOf = (list, value) => {
    const found = list.indexOf(value);
    return found >= 0 ? found : list.push(value) - 1;
  };
  const encoded = features.map(({ ring, tags }, id) => {
    const pairs = Object.entries(tags).filter(([, value]) => value !== null);
    const tagNumbers = pairs.flatMap(([key, value]) => [indexOf(keys, key), indexOf(values, value)]);
    return field(2, [
      ...number(1, id + 1),
      ...field(2, packed(tagNumbers)),
      ...number(3, 3),
      ...field(4, packed(ringCommands(ring, tile))),
    ]);
  });
  const layer = [
    ...number(15, 2),
    ...field(1, Buffer.from(name)),
    ...encoded.flat(),
    ...keys.flatMap((key) => field(3, Buffer.from(key))),
    ...values.flatMap((value) => field(4, encodedValue(value))),
    ...number(5, EXTENT),
  ];
  return Buffer.from(field(3, layer));
}

function encodedValue(value) {
  return typeof value === "number" ? number(5, value) : field(1, Buffer.from(String(value)));
}

/** Move, line and close commands of one ring, turned clockwise on screen as the format asks. */
function ringCommands(ring, tile) {
  const points = ring.map(([lon, lat]) => tilePlace(lon, lat, tile));
  let twice = 0;
  points.forEach(([ax, ay], i) => {
    const [bx, by] = points[(i + 1) % points.length];
    twice += ax * by - bx * ay;
  });
  if (twice < 0) points.reverse();
  const zigzag = (value) => (value << 1) ^ (value >> 31);
  let [px, py] = [0, 0];
  const steps = points.map(([x, y]) => {
    const step = [zigzag(x - px), zigzag(y - py)];
    [px, py] = [x, y];
    return step;
  });
  return [9, ...steps[0], ((points.length - 1) << 3) | 2, ...steps.slice(1).flat(), 15];
}

function varint(value) {
  const bytes = [];
  let rest = value >>> 0;
  while (rest > 127) {
    bytes.push((rest & 127) | 128);
    rest >>>= 7;
  }
  return [...bytes, rest];
}

const packed = (values) => values.flatMap(varint);
const number = (id, value) => [...varint(id << 3), ...varint(value)];
const field = (id, bytes) => [...varint((id << 3) | 2), ...varint(bytes.length), ...bytes];
