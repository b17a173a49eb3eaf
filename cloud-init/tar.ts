import { gzipSync } from "node:zlib";

/** A file of an archive. */
export interface TarFile {
  readonly path: string;
  readonly content: Buffer;
  readonly executable: boolean;
}

const BLOCK = 512;

/**
 * Packs files as tar.gz, in memory and at once (synthesis can't wait for streams): the same files give the same bytes,
 * without times, owners or the name of the machine's system.
 */
export function packTarGz(files: readonly TarFile[]): Buffer {
  const blocks = files.flatMap((file) => [header(file), file.content, padding(file.content.length)]);
  const packed = gzipSync(Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]), { level: 9, memLevel: 9 });
  packed[9] = 255;
  return packed;
}

/** The header of POSIX.1-1988 (ustar): names up to 100 bytes. */
function header(file: TarFile): Buffer {
  if (Buffer.byteLength(file.path) > 100) {
    throw new Error(`${file.path}: a name in an archive has at most 100 bytes`);
  }
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, width: number) => `${value.toString(8).padStart(width - 1, "0")}\0`;
  block.write(file.path, 0);
  block.write(octal(file.executable ? 0o755 : 0o644, 8), 100);
  block.write(octal(0, 8), 108);
  block.write(octal(0, 8), 116);
  block.write(octal(file.content.length, 12), 124);
  block.write(octal(0, 12), 136);
  block.write(" ".repeat(8), 148);
  block.write("0", 156);
  block.write("ustar\u000000", 257);
  const checksum = block.reduce((sum, byte) => sum + byte, 0);
  block.write(`${checksum.toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}

function padding(length: number): Buffer {
  return Buffer.alloc((BLOCK - (length % BLOCK)) % BLOCK);
}
