/** Puts a document's headings below the page's own, without the gaps that authors leave. Pure, on a Markdown tree. */

interface Node {
  readonly type: string;
  depth?: number;
  readonly children?: readonly Node[];
}

/** The page's h1 is the title, so the first level of a document is h2. */
const firstLevel = 2;
const deepest = 6;

/** A remark plugin. */
export function levelHeadings() {
  return (tree: Node): void => {
    const open: number[] = [];
    const visit = (node: Node): void => {
      if (node.type === 'heading' && node.depth !== undefined) {
        const { depth } = node;
        while (open.length > 0 && (open.at(-1) as number) >= depth) open.pop();
        open.push(depth);
        node.depth = Math.min(deepest, firstLevel + open.length - 1);
      }
      for (const child of node.children ?? []) visit(child);
    };
    visit(tree);
  };
}
