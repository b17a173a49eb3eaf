/** A file as a browser's form sends it. */
export interface FormFile {
  readonly filename: string;
  readonly contentType: string;
  readonly content: Buffer;
}

/** Headers and body of a form whose one field, `file`, is a file. */
export function formWithFile({ filename, contentType, content }: FormFile): {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
} {
  const boundary = "rehearsal-4a1f";
  const disposition = `content-disposition: form-data; name="file"; filename="${filename}"`;
  const head = `--${boundary}\r\n${disposition}\r\ncontent-type: ${contentType}\r\n\r\n`;
  return {
    headers: { "content-type": `multipart/form-data; boundary=${boundary}` },
    body: Buffer.concat([Buffer.from(head), content, Buffer.from(`\r\n--${boundary}--\r\n`)]),
  };
}
