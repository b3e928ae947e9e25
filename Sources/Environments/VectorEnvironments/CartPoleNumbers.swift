/// The constants of a cart with a pole, as a kernel needs them.
public struct CartPoleNumbers: Sendable {
    /// Seconds of one step of the simulation, and how many make a step of the environment.
    public let tick: Float
    public let substeps: Int
    /// Of cart and pole, kg.
    public let mass: Float
    /// Mass of the pole times the distance of its centre, kg m.
    public let moment: Float
    /// Of the pole around the hinge, kg m².
    public let inertia: Float
    /// `moment` times gravity, N m.
    public let weight: Float
    /// Of both joints, N s/m and N m s/rad.
    public let damping: Float
    /// N for a control of 1.
    public let gear: Float
    /// Variables start within this distance from 0.
    public let noise: Float

    public init(
        tick: Double, substeps: Int, mass: Double, moment: Double, inertia: Double, weight: Double, damping: Double,
        gear: Double, noise: Double
    ) {
        self.tick = Float(tick)
        self.substeps = substeps
        self.mass = Float(mass)
        self.moment = Float(moment)
        self.inertia = Float(inertia)
        self.weight = Float(weight)
        self.damping = Float(damping)
        self.gear = Float(gear)
        self.noise = Float(noise)
    }
}
