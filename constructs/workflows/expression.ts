/** Text that GitHub takes as it is, wherever it reads expressions. */
export function literal(text: string): string {
  return text.replaceAll("${{", "${{ '${{' }}");
}

export function secret(name: string): string {
  return `\${{ secrets.${name} }}`;
}
