import VectorEnvironments

/// Settings of an environment whose rows can be drawn from their records, whichever simulator steps them.
public protocol SceneSource: Sendable {
    /// - Parameter record: The numbers of a record in the order of its fields; `record[0]` and on are the state. What
    ///   is missing counts as 0.
    func scene(of record: RecordNumbers) -> any Scene
}

/// The numbers of a record, any of which may be asked for.
public struct RecordNumbers: Sendable {
    private let numbers: [Double]

    public init(_ numbers: [Double]) { self.numbers = numbers }

    public subscript(place: Int) -> Double { numbers.indices.contains(place) ? numbers[place] : 0 }

    /// A number as an integer; 0 for one that is none of 64 bits.
    public func integer(_ place: Int) -> Int { Int(exactly: self[place].rounded()) ?? 0 }
}

extension RowRenderer {
    /// Draws rows as their settings say.
    public init(_ source: some SceneSource) {
        let size = source.scene(of: RecordNumbers([])).draw()
        self.init(height: size.height, width: size.width) { source.scene(of: RecordNumbers($0)).draw().pixels }
    }
}
