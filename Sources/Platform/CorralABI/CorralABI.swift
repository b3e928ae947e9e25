@_exported public import CCorral

/// Sets the text of `corral_last_error` for this thread.
public func setLastError(_ text: String) { corral_set_last_error(text) }

/// What the processor of this machine can do.
public enum Processor {
    /// Whether it has the instructions of Intel's Haswell: AVX2, FMA, BMI2.
    public static let isWide = corral_processor_is_wide() != 0
}
