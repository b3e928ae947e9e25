import CLinux

/// What the running kernel offers.
public enum Kernel {
    /// The version of Landlock's interface; 0 where there is none.
    public static var landlockVersion: Int { max(0, Int(corral_landlock_version())) }
}
