/// What a document may cost; a document that asks for more is refused.
public struct YAMLLimits: Sendable {
    /// Bytes of text.
    public var size: Int
    /// Mappings and sequences within each other.
    public var depth: Int
    /// Nodes of the tree, those that aliases repeat included.
    public var nodes: Int

    public init(size: Int = 1 << 20, depth: Int = 64, nodes: Int = 100_000) {
        self.size = size
        self.depth = depth
        self.nodes = nodes
    }

    public static let standard = YAMLLimits()
}
