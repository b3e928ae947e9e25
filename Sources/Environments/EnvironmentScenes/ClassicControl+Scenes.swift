import ClassicControl

extension CartPoleConfiguration: SceneSource {
    public func scene(of record: RecordNumbers) -> any Scene {
        CartPoleScene(position: record[0], angle: record[2])
    }
}

extension MountainCarConfiguration: SceneSource {
    public func scene(of record: RecordNumbers) -> any Scene { MountainCarScene(position: record[0]) }
}

extension MountainCarContinuousConfiguration: SceneSource {
    public func scene(of record: RecordNumbers) -> any Scene { MountainCarScene(position: record[0], goal: 0.45) }
}

extension PendulumConfiguration: SceneSource {
    public func scene(of record: RecordNumbers) -> any Scene { PendulumScene(angle: record[0]) }
}

extension MotrixCartPoleConfiguration: SceneSource {
    public func scene(of record: RecordNumbers) -> any Scene {
        CartPoleScene(position: record[0], angle: record[1], reach: 1)
    }
}

extension MotrixPendulumConfiguration: SceneSource {
    public func scene(of record: RecordNumbers) -> any Scene { PendulumScene(angle: record[0]) }
}

extension AcrobotConfiguration: SceneSource {
    public func scene(of record: RecordNumbers) -> any Scene { AcrobotScene(angle1: record[0], angle2: record[1]) }
}
