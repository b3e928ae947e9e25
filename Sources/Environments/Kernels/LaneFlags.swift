/// Conversions of masks to the bytes outside and back.
extension SIMDMask<SIMD8<Int32>> {
    /// Eight bytes, 1 for each lane that is set.
    @inline(__always)
    var bytes: SIMD8<UInt8> {
        let ones = SIMD8<Int32>(repeating: 0).replacing(with: 1, where: self)
        return SIMD8<UInt8>(truncatingIfNeeded: ones)
    }

    @inline(__always)
    var isEmpty: Bool { !any(self) }
}
