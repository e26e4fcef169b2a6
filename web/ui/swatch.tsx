/** A colour that the provider shows something in; empty where it has none. */
export const Swatch = ({ color }: { color: string | undefined }) => (
  <span className="swatch" style={color ? { backgroundColor: color } : undefined} aria-hidden="true" />
);
