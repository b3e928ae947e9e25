import JSON

/// Compares each element of a tensor with the bounds of a box and appends the bytes that its JSON form would give.
struct TensorScan: ElementOperation {
    let box: Space.Box
    let tensor: Tensor
    let checks: Bool
    let emits: Bool
    var output: [UInt8]

    mutating func run<Element: TensorElement>(_ type: Element.Type) throws(ArrayFault) {
        guard tensor.shape == box.shape else {
            let problem = "an array of shape \(box.shape) is needed, not of \(tensor.shape)"
            throw ArrayFault(fault: .wrong(problem), indices: [])
        }
        guard !tensor.dtype.isComplex else {
            let problem = "an array of \(box.dtype) is needed, not of \(tensor.dtype)"
            throw ArrayFault(fault: .wrong(problem), indices: [])
        }
        if tensor.dtype == box.dtype {
            try checkSame(type)
        } else {
            var conversion = Conversion(box: box, tensor: tensor, checks: checks, emits: emits, output: output)
            output = []
            defer { output = conversion.output }
            try conversion.convert(to: type)
        }
    }

    private mutating func checkSame<Element: TensorElement>(_ type: Element.Type) throws(ArrayFault) {
        let bounds = checks && box.isBounded ? Bounds<Element>(box) : nil
        let start = output.count
        if emits { output.append(contentsOf: tensor.bytes) }
        guard bounds != nil || tensor.dtype.isFloat else { return }
        for place in 0..<tensor.count {
            let element: Element = tensor.element(at: place)
            if let bounds { try bounds.check(element, at: place, in: box.shape) }
            guard emits, element.isNaN else { continue }
            withUnsafeBytes(of: Element.canonicalNaN) { nan in
                let offset = start + place * nan.count
                output.replaceSubrange(offset..<offset + nan.count, with: nan)
            }
        }
    }
}

/// Elements of one type as those of another, by the rules for JSON numbers: integers only where they are exact.
private struct Conversion {
    let box: Space.Box
    let tensor: Tensor
    let checks: Bool
    let emits: Bool
    var output: [UInt8]

    mutating func convert<Target: TensorElement>(to type: Target.Type) throws(ArrayFault) {
        let bounds = checks && box.isBounded ? Bounds<Target>(box) : nil
        for place in 0..<tensor.count {
            do throws(ElementFault) {
                let element = try Target.convert(tensor.number(at: place))
                if let bounds { try bounds.check(element, at: place) }
                if emits { append(element.isNaN ? Target.canonicalNaN : element, to: &output) }
            } catch { throw ArrayFault(fault: error, indices: Tensor.indices(of: place, in: box.shape)) }
        }
    }
}

extension Bounds {
    @inline(__always)
    fileprivate func check(_ element: Element, at place: Int, in shape: [Int]) throws(ArrayFault) {
        do throws(ElementFault) {
            try check(element, at: place)
        } catch { throw ArrayFault(fault: error, indices: Tensor.indices(of: place, in: shape)) }
    }
}

extension Tensor {
    @inline(__always)
    func element<Element: TensorElement>(at place: Int) -> Element {
        bytes.withUnsafeBytes {
            $0.loadUnaligned(fromByteOffset: place * MemoryLayout<Element>.size, as: Element.self)
        }
    }

    /// An element as a number; of complex ones the real part.
    func number(at place: Int) -> JSONNumber {
        var reading = NumberReading(tensor: self, place: place)
        dtype.run(&reading)
        return reading.number
    }
}

private struct NumberReading: ElementOperation {
    let tensor: Tensor
    let place: Int
    var number = JSONNumber.integer(0)

    mutating func run<Element: TensorElement>(_ type: Element.Type) {
        number = (tensor.element(at: place) as Element).number
    }
}
