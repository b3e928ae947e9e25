import Catalog
import Foundations
import GRPC
import JSON
import Protos
import REST
import Reactor
import Sessions

extension GRPCDoor {
    /// Those that find environments.
    var environmentMethods: [GRPCMethod] {
        [
            desk.unary(CorralV1.EnvironmentsService.list) {
                [self] (request: CorralV1.ListEnvironmentsRequest, visit) async throws(Failure) in
                var search = CorralV1.SearchEnvironmentsRequest()
                (search.limit, search.cursor) = (request.limit, request.cursor)
                return try await find(search, visit.caller)
            },
            desk.unary(CorralV1.EnvironmentsService.search) {
                [self] (request: CorralV1.SearchEnvironmentsRequest, visit) async throws(Failure) in
                try await find(request, visit.caller)
            },
            desk.unary(CorralV1.EnvironmentsService.get) {
                [self] (request: CorralV1.GetEnvironmentRequest, visit) async throws(Failure) in
                CorralV1.Environment(try await environments.find(request.reference, caller: visit.caller))
            },
            desk.unary(CorralV1.EnvironmentsService.resolve) {
                [self] (request: CorralV1.ResolveEnvironmentRequest, visit) async throws(Failure) in
                let found = CorralV1.Environment(
                    try await environments.find(request.reference, caller: visit.caller))
                var response = CorralV1.ResolveEnvironmentResponse()
                (response.reference, response.digest) = (found.reference, found.digest)
                return response
            },
        ]
    }

    private func find(
        _ request: CorralV1.SearchEnvironmentsRequest, _ caller: Caller
    ) async throws(Failure) -> CorralV1.ListEnvironmentsResponse {
        let page = try await environments.search(try SearchQuery(request), caller: caller)
        var response = CorralV1.ListEnvironmentsResponse()
        response.environments = page.hits.map { CorralV1.Environment(.object($0.summary)) }
        response.next = page.next?.text ?? ""
        for (facet, counts) in page.facets {
            response.facets[facet.rawValue, default: .init()].counts = counts.map { one in
                var count = CorralV1.FacetCount()
                (count.value, count.count) = (one.value, Int64(one.count))
                return count
            }
        }
        return response
    }
}

extension SearchQuery {
    fileprivate init(_ request: CorralV1.SearchEnvironmentsRequest) throws(Failure) {
        var filters: [Facet: [String]] = [:]
        for (name, values) in request.filters {
            guard let facet = Facet(rawValue: name) else {
                throw Failure(
                    .invalidArgument, "there is no facet \"\(name.prefix(100))\"",
                    next: "facets are \(Facet.allCases.map(\.rawValue).joined(separator: ", "))",
                    details: ["field": "filters"])
            }
            filters[facet] = values.values
        }
        var order: Order?
        if !request.sort.isEmpty {
            guard let named = Order(rawValue: request.sort) else {
                throw Failure(
                    .invalidArgument, "there is no order \"\(request.sort.prefix(100))\"",
                    next: "orders are \(Order.allCases.map(\.rawValue).joined(separator: ", "))",
                    details: ["field": "sort"])
            }
            order = named
        }
        try self.init(
            text: request.text, filters: filters, least: request.rewardMin, greatest: request.rewardMax, order: order,
            limit: try pageLimit(request.limit), after: request.cursor.isEmpty ? nil : try SearchCursor(request.cursor),
            wantsFacets: request.facets)
    }
}
