import ClassicControl
import Foundations
import JSON
import Kernels
import KernelsBaseline
import VectorEnvironments

/// The environments that Corral ships in Swift.
public enum NativeEnvironments {
    /// - Parameter wide: Whether to take the kernels for processors with AVX2; both builds give the same bits.
    /// - Throws: Never with the environments as they are; whoever changes them sees what does not fit.
    public static func registry(wide: Bool) throws(Failure) -> EnvironmentRegistry {
        var registry = EnvironmentRegistry()
        try registerClassicControl(in: &registry, wide: wide)
        try registerMotrix(in: &registry, wide: wide)
        try registerReference(in: &registry)
        try registerTables(in: &registry)
        return registry
    }
}
