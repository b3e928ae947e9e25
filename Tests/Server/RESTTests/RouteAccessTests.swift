import Testing

@testable import REST

struct RouteAccessTests {
    @Test func `every operation says who may use it, and nothing else is listed`() {
        let operations = RESTAPI.routes.map(\.operation)
        #expect(Set(operations) == Set(RouteAccess.table.keys))
        #expect(RouteAccess.of("somethingNew") == .admin)
    }
}
