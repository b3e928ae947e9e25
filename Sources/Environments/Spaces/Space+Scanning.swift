import JSON

extension Space {
    /// Reads one value in one pass, checks it and appends its canonical bytes (`CanonicalTag`), which are the same
    /// whether arrays came as JSON or as tensors.
    ///
    /// Numbers are rounded to the dtype before they are compared. What is not finite is one of the strings `"NaN"`,
    /// `"Infinity"`, `"-Infinity"`; NaN is within bounds that are both infinite. An integer may be written `3.0`. A
    /// tensor of another dtype is converted as its JSON form would be.
    ///
    /// - Parameters:
    ///   - tensors: Arrays by the JSON pointer of the place they fill, where the text has `null`.
    ///   - pointer: Where the value stands in its message; begins the paths in errors and in `tensors`.
    ///   - canonical: Appended to unless nil; what is appended before an error is thrown has no meaning.
    ///   - check: False to compare no bounds, lengths and characters. Without canonical bytes the value then only has
    ///     to be JSON.
    public func scan(
        _ reader: inout JSONReader, tensors: [String: Tensor] = [:], pointer: String = "", canonical: inout [UInt8]?,
        check: Bool = true
    ) throws(ScanError) {
        guard check || canonical != nil else {
            do throws(JSONError) { try reader.skipValue() } catch { throw .malformed(error) }
            return
        }
        let emits = canonical != nil
        var bytes: [UInt8]?
        swap(&bytes, &canonical)
        var scanner = SpaceScanner(
            reader, tensors: tensors, root: pointer, checks: check, emits: emits, output: bytes.take() ?? [])
        defer {
            reader = scanner.reader
            if emits { canonical = take(&scanner.output) }
        }
        try scanner.scan(self)
    }

    /// Checks a value.
    ///
    /// - Throws: `ScanError.mismatch` where it is not in the space.
    public func check(_ value: JSONValue, pointer: String = "") throws(ScanError) {
        _ = try canonicalBytes(of: value.encoded(), pointer: pointer)
    }

    public func contains(_ value: JSONValue) -> Bool {
        do throws(ScanError) { try check(value) } catch { return false }
        return true
    }

    /// Checks a JSON text that is one value.
    ///
    /// - Returns: The canonical bytes of the value.
    public func canonicalBytes(
        of json: [UInt8], tensors: [String: Tensor] = [:], pointer: String = "", limits: JSONLimits = JSONLimits()
    ) throws(ScanError) -> [UInt8] {
        try JSONReader.reading(json, limits: limits) { (reader) throws(ScanError) in
            var canonical: [UInt8]? = []
            try scan(&reader, tensors: tensors, pointer: pointer, canonical: &canonical)
            do throws(JSONError) { try reader.finish() } catch { throw .malformed(error) }
            return canonical ?? []
        }
    }
}
