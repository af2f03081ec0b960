// Runs the modules and calls of a list on node's WebAssembly; one line of answer for each call and each memory.
// Usage: node differential.cjs CALLS ANSWERS
const fs = require('fs');
const buffer = new DataView(new ArrayBuffer(8));

function read(type, bits) {
  buffer.setBigUint64(0, BigInt(bits), true);
  return type === 'i' ? buffer.getInt32(0, true) : type === 'l' ? buffer.getBigInt64(0, true) : type === 'f' ? buffer.getFloat32(0, true) : buffer.getFloat64(0, true);
}

function show(type, value) {
  if (type === 'i') return (value >>> 0).toString();
  if (type === 'l') return BigInt.asUintN(64, value).toString();
  if (value !== value) return 'nan';
  if (type === 'f') buffer.setFloat32(0, value, true); else buffer.setFloat64(0, value, true);
  return type === 'f' ? buffer.getUint32(0, true).toString() : buffer.getBigUint64(0, true).toString();
}

// The engine's messages, by what they begin with or contain.
const kinds = [
  [/^unreachable/, 'unreachable'],
  [/^(divide|remainder) by zero/, 'zero'],
  [/^divide result unrepresentable|^float unrepresentable/, 'number'],
  [/signature mismatch/, 'signature'],
  [/^memory access out of bounds|unaligned/, 'memory'],
  [/^table |^element segment/, 'table'],
];

function trap(error) {
  if (error instanceof WebAssembly.Exception) return 'exception';
  if (!(error instanceof WebAssembly.RuntimeError)) throw error;
  const kind = kinds.find(([pattern]) => pattern.test(error.message));
  return 'trap ' + (kind ? kind[1] : error.message);
}

const out = [];
let guest;
for (const line of fs.readFileSync(process.argv[2], 'utf8').split('\n')) {
  const [what, name, types, ...values] = line.split(' ');
  if (what === 'module') guest = new WebAssembly.Instance(new WebAssembly.Module(fs.readFileSync(name))).exports;
  if (what === 'call') {
    try {
      guest.refuel();
      const results = guest[name](...values.map(a => read(a[0], a.slice(1))));
      out.push((types.length > 1 ? [...results] : [results]).map((r, i) => show(types[i], r)).join(' '));
    } catch (error) {
      out.push(trap(error));
    }
  }
  if (what === 'memory') {
    let hash = 2166136261;
    for (const b of new Uint8Array(guest.memory.buffer)) hash = Math.imul(hash ^ b, 16777619) >>> 0;
    out.push(hash.toString());
  }
}
fs.writeFileSync(process.argv[3], out.join('\n'));
