/// The seeds of a reset.
public enum Seeds: Sendable, Hashable {
    /// Rows go on with their random numbers; at the first reset the system draws.
    case none
    /// Row `i` gets `base + i`, as in Gymnasium's vector environments.
    case from(UInt64)
    /// One for each row, nil to go on.
    case each([UInt64?])

    func seed(of row: Int) -> UInt64? {
        switch self {
        case .none: nil
        case .from(let base): base &+ UInt64(row)
        case .each(let seeds): row < seeds.count ? seeds[row] : nil
        }
    }
}
