// Writes archives that FileTree unpacks: regular files with short names (ustar).

const BLOCK = 512;

/** An archive of files, given by name and content. Throws for a name of more than 99 bytes. */
export function archive(files) {
  const parts = [];
  for (const [name, content] of files) {
    parts.push(header(name, content.length), Buffer.from(content), Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK));
  }
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]);
}

function header(name, size) {
  if (Buffer.byteLength(name) > 99) throw new Error(`The name is too long for an archive: ${name}`);
  const block = Buffer.alloc(BLOCK);
  const octal = (value, digits) => `${value.toString(8).padStart(digits, "0")}\0`;
  block.write(name, 0);
  block.write(octal(0o644, 7), 100);
  block.write(octal(0, 7), 108);
  block.write(octal(0, 7), 116);
  block.write(octal(size, 11), 124);
  block.write(octal(0, 11), 136); // no time: the archive depends on its contents alone
  block.write(" ".repeat(8), 148);
  block.write("0", 156);
  block.write("ustar\x0000", 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}
