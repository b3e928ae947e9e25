import JSON

/// What is wrong with a value, and where below the place it was read from.
struct ArrayFault: Error {
    let fault: ElementFault
    /// Indices from the outermost axis on.
    let indices: [Int]
}

/// Reads nested arrays of a shape, compares each element with its bounds and appends its bytes.
struct ArrayScan: ElementOperation {
    let box: Space.Box
    let checks: Bool
    let emits: Bool
    var reader: JSONReader
    var output: [UInt8]

    mutating func run<Element: TensorElement>(_ type: Element.Type) throws(ArrayFault) {
        let bounds = checks && box.isBounded ? Bounds<Element>(box) : nil
        var place = 0
        var elements: [Element] = []
        do throws(ScanFault) {
            try scan(axis: 0, place: &place, bounds, into: &elements)
            elements.withUnsafeBytes { output.append(contentsOf: $0) }
        } catch {
            let indices = Tensor.indices(of: place, in: box.shape)
            throw ArrayFault(fault: error.fault, indices: Array(indices.prefix(error.axis)))
        }
    }

    private struct ScanFault: Error {
        let fault: ElementFault
        /// How many axes lead to the value.
        let axis: Int
    }

    private mutating func scan<Element: TensorElement>(
        axis: Int, place: inout Int, _ bounds: Bounds<Element>?, into elements: inout [Element]
    ) throws(ScanFault) {
        guard axis < box.shape.count else {
            do throws(ElementFault) {
                let element = try Element.read(&reader)
                if let bounds { try bounds.check(element, at: place) }
                if emits { elements.append(element) }
            } catch { throw ScanFault(fault: error, axis: axis) }
            place += 1
            return
        }
        let length = box.shape[axis]
        let start = place
        do throws(ElementFault) {
            let kind = try reader.kind()
            guard kind == .array else { throw .wrong("an array of \(length) is needed, not \(kind.words)") }
            do throws(JSONError) { try reader.beginArray() } catch { throw .json(error) }
        } catch { throw ScanFault(fault: error, axis: axis) }
        for index in 0..<length {
            do throws(ElementFault) {
                guard try reader.hasNext() else {
                    throw .wrong("an array of \(length) is needed, not of \(index)")
                }
            } catch {
                place = start
                throw ScanFault(fault: error, axis: axis)
            }
            try scan(axis: axis + 1, place: &place, bounds, into: &elements)
        }
        do throws(ElementFault) {
            guard try !reader.hasNext() else { throw .wrong("an array of \(length) is needed, not of more") }
        } catch {
            place = start
            throw ScanFault(fault: error, axis: axis)
        }
    }
}

/// The bounds of a box as elements.
struct Bounds<Element: TensorElement> {
    private let low: [UInt8]
    private let high: [UInt8]
    private let lowStride: Int
    private let highStride: Int

    init(_ box: Space.Box) {
        low = box.low.bytes
        high = box.high.bytes
        lowStride = box.low.shape.isEmpty ? 0 : MemoryLayout<Element>.size
        highStride = box.high.shape.isEmpty ? 0 : MemoryLayout<Element>.size
    }

    func low(at place: Int) -> Element {
        low.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: place * lowStride, as: Element.self) }
    }

    func high(at place: Int) -> Element {
        high.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: place * highStride, as: Element.self) }
    }

    @inline(__always)
    func check(_ element: Element, at place: Int) throws(ElementFault) {
        let low = low(at: place)
        let high = high(at: place)
        guard !element.isWithin(low, high) else { return }
        throw .wrong(Self.complaint(element, low, high))
    }

    private static func complaint(_ element: Element, _ low: Element, _ high: Element) -> String {
        if element.isNaN { return "NaN is not within the bounds \(low.text) and \(high.text)" }
        return element.isBelow(low)
            ? "\(element.text) is below the lower bound \(low.text)"
            : "\(element.text) is above the upper bound \(high.text)"
    }
}
