import Foundations

extension Space {
    /// Strings between two lengths, of certain characters.
    public struct Text: Sendable, Hashable {
        /// Lengths in Unicode scalars.
        public let minimum: Int
        /// Nil: of any length.
        public let maximum: Int?
        /// In the order given; nil: any.
        public let charset: String?
        let allowed: Set<Unicode.Scalar>?

        /// - Throws: `invalidArgument` where no string can be of such lengths and characters.
        public init(minimum: Int = 1, maximum: Int? = nil, charset: String? = nil) throws(Failure) {
            guard minimum >= 0, maximum.map({ $0 >= minimum }) ?? true else {
                throw Failure(
                    .invalidArgument,
                    "a Text cannot have at least \(minimum) and at most \(maximum ?? minimum) characters")
            }
            guard charset?.unicodeScalars.isEmpty != true || minimum == 0 else {
                throw Failure(.invalidArgument, "a Text with an empty charset can only be empty")
            }
            self.minimum = minimum
            self.maximum = maximum
            self.charset = charset
            allowed = charset.map { Set($0.unicodeScalars) }
        }

        /// What is wrong with a string; nil where nothing is.
        func complaint(about text: String) -> String? {
            let count = text.unicodeScalars.count
            if count < minimum { return "\(count) characters are fewer than \(minimum)" }
            if let maximum, count > maximum { return "\(count) characters are more than \(maximum)" }
            guard let allowed, let other = text.unicodeScalars.first(where: { !allowed.contains($0) }) else {
                return nil
            }
            return "the character \(other.debugDescription) is not in the charset"
        }
    }
}
