extension JSONReader {
    /// Checks the next value as a whole (nesting, strings, numbers, UTF-8) and passes it; duplicate keys are not looked
    /// for.
    ///
    /// - Returns: The bytes of the value, to be spliced elsewhere.
    @discardableResult
    public mutating func skipValue() throws(JSONError) -> Range<Int> {
        let kind = try peekKind()
        let start = offset
        switch kind {
        case .object:
            try beginObject()
            while try nextKeyToken() != nil { try skipValue() }
        case .array:
            try beginArray()
            while try nextElement() { try skipValue() }
        case .string: _ = try scanString()
        case .number: try skipNumber()
        case .bool: _ = try readBool()
        case .null: try readNull()
        }
        return start..<offset
    }

    /// Reads the next value as a tree.
    ///
    /// - Throws: also `duplicateKey`.
    public mutating func readValue() throws(JSONError) -> JSONValue {
        switch try peekKind() {
        case .object: return .object(try readObject())
        case .array:
            var elements: [JSONValue] = []
            try beginArray()
            while try nextElement() { elements.append(try readValue()) }
            return .array(elements)
        case .string: return .string(try readString())
        case .number:
            switch try readNumber() {
            case .integer(let value): return .integer(value)
            case let number: return .number(number.double)
            }
        case .bool: return .bool(try readBool())
        case .null:
            try readNull()
            return .null
        }
    }

    /// Reads the next value, which has to be an object, as a tree.
    ///
    /// - Throws: also `duplicateKey`.
    public mutating func readObject() throws(JSONError) -> JSONObject {
        var members = JSONObject()
        try beginObject()
        while let key = try nextKey() {
            let end = offset
            guard members.append(key, try readValue()) else {
                throw JSONError(offset: end, reason: .duplicateKey(key))
            }
        }
        return members
    }
}

extension JSONValue {
    /// Reads a text that is one JSON value.
    public init(parsing bytes: [UInt8], limits: JSONLimits = JSONLimits()) throws(JSONError) {
        self = try JSONReader.reading(bytes, limits: limits) { (reader) throws(JSONError) in
            let value = try reader.readValue()
            try reader.finish()
            return value
        }
    }

    /// Reads a text that is one JSON value.
    public init(parsing text: String, limits: JSONLimits = JSONLimits()) throws(JSONError) {
        try self.init(parsing: Array(text.utf8), limits: limits)
    }
}
