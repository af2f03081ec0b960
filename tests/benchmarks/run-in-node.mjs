// Runs a compute kernel on V8, for the comparison: just as much of wasm_host_syscall as a kernel needs.
//   node run-in-node.mjs PROGRAM.wasm ARGS...
import { readFileSync, writeSync } from 'node:fs';

const [path, ...args] = process.argv.slice(2);
const Nr = { write: 4, brk: 45, ioctl: 54, exit_group: 252, clock_gettime64: 403 };
const ENOTTY = 25, ENOSYS = 38;
class Exit { constructor(status) { this.status = status; } }

let memory, programBreak;

function syscall(nr, a, b, c) {
  switch (nr) {
    case Nr.write:
      return writeSync(a, new Uint8Array(memory.buffer, b >>> 0, c >>> 0));
    case Nr.brk:
      return brk(a >>> 0);
    case Nr.ioctl:
      return -ENOTTY;
    case Nr.exit_group:
      throw new Exit(a);
    case Nr.clock_gettime64: {
      const now = process.hrtime.bigint();
      const view = new DataView(memory.buffer);
      view.setBigInt64(b >>> 0, now / 1000000000n, true);
      view.setBigInt64((b >>> 0) + 8, now % 1000000000n, true);
      return 0;
    }
    default:
      return -ENOSYS;
  }
}

function brk(wanted) {
  if (wanted < programBreak) return programBreak;
  const missing = wanted - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / 65536));
  return programBreak = wanted;
}

// argc, argv, an empty environment and an empty auxiliary vector, as execve lays them out.
function writeArguments(stackPointer, argv) {
  const bytes = Buffer.from(argv.map(a => a + '\0').join(''));
  const strings = stackPointer.value - bytes.length;
  const words = [argv.length];
  let next = strings;
  for (const a of argv) {
    words.push(next);
    next += Buffer.byteLength(a) + 1;
  }
  words.push(0, 0, 0, 0);
  const block = (strings - words.length * 4) & ~15;
  new Uint8Array(memory.buffer).set(bytes, strings);
  new Uint32Array(memory.buffer, block, words.length).set(words);
  stackPointer.value = block;
}

const { instance } = await WebAssembly.instantiate(readFileSync(path), { env: { wasm_host_syscall: syscall } });
memory = instance.exports.memory;
programBreak = instance.exports.__heap_base.value;
writeArguments(instance.exports.__stack_pointer, [path, ...args]);
try {
  instance.exports._start();
} catch (e) {
  if (!(e instanceof Exit)) throw e;
  process.exitCode = e.status;
}
