/// How the rows of a fixed column lie in a chunk, so that bytes that are like each other stand together.
enum RowOrder {
    /// Byte by byte: the first of all rows, then the second.
    case transposed
    /// Each row by itself: the first byte of all its elements, then the second.
    case shuffled(element: Int)
    case plain

    /// Rows up to this many bytes are transposed.
    private static let small = 512

    init(width: Int, element: Int) {
        if width <= Self.small {
            self = .transposed
        } else if element > 1, width % element == 0 {
            self = .shuffled(element: element)
        } else {
            self = .plain
        }
    }

    /// - Parameter rows: One after the other, each of `width` bytes.
    func arranged(_ rows: [UInt8], width: Int) -> [UInt8] {
        switch self {
        case .plain: return rows
        case .transposed:
            let count = rows.count / width
            return [UInt8](unsafeUninitializedCapacity: rows.count) { output, filled in
                rows.withUnsafeBufferPointer { rows in
                    for row in 0..<count {
                        for byte in 0..<width { output[byte * count + row] = rows[row * width + byte] }
                    }
                }
                filled = rows.count
            }
        case .shuffled(let element):
            let elements = width / element
            return [UInt8](unsafeUninitializedCapacity: rows.count) { output, filled in
                rows.withUnsafeBufferPointer { rows in
                    for start in stride(from: 0, to: rows.count, by: width) {
                        for place in 0..<elements {
                            for byte in 0..<element {
                                output[start + byte * elements + place] = rows[start + place * element + byte]
                            }
                        }
                    }
                }
                filled = rows.count
            }
        }
    }

    /// Appends one row of a column that `arranged` made.
    func appendRow(_ row: Int, of column: ArraySlice<UInt8>, width: Int, to bytes: inout [UInt8]) {
        let start = column.startIndex
        switch self {
        case .plain: bytes.append(contentsOf: column[start + row * width..<start + (row + 1) * width])
        case .transposed:
            let count = column.count / width
            for byte in 0..<width { bytes.append(column[start + byte * count + row]) }
        case .shuffled(let element):
            let elements = width / element
            let first = start + row * width
            for place in 0..<elements {
                for byte in 0..<element { bytes.append(column[first + byte * elements + place]) }
            }
        }
    }
}
