package org.letargo.manager.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The document and the routes are the same: nothing more, nothing less, on either side. */
class ApiTest {
  private Vertx vertx;
  private Contract contract;

  @BeforeEach
  void load() throws InterruptedException, ExecutionException {
    vertx = Vertx.vertx();
    contract = Contract.load(vertx).toCompletionStage().toCompletableFuture().get();
  }

  @AfterEach
  void close() throws InterruptedException, ExecutionException {
    vertx.close().toCompletionStage().toCompletableFuture().get();
  }

  @Test
  void mountsEveryOperationOfTheDocumentAndNoOther() throws IOException {
    Router router = api(endpointsFor(contract)).router(vertx);

    List<String> mounted =
        router.getRoutes().stream()
            .filter(route -> route.getPath() != null && route.methods() != null)
            .filter(route -> route.methods().size() == 1)
            .map(route -> route.methods().iterator().next() + " " + route.getPath())
            .toList();
    assertThat(mounted).containsExactlyInAnyOrderElementsOf(documented());
  }

  private static List<String> documented() throws IOException {
    List<String> found = new ArrayList<>();
    try (InputStream in = Contract.class.getResourceAsStream(Contract.RESOURCE)) {
      JsonNode paths = new YAMLMapper().readTree(in).get("paths");
      paths
          .fieldNames()
          .forEachRemaining(path ->
              paths
                  .get(path)
                  .fieldNames()
                  .forEachRemaining(method -> {
                    if (!method.equals("parameters")) {
                      String asRoute = path.replaceAll("\\{([a-z]+)}", ":$1");
                      found.add(method.toUpperCase(java.util.Locale.ROOT) + " " + asRoute);
                    }
                  }));
    }
    return found;
  }

  @Test
  void refusesToStartWithoutAnEndpoint() {
    Endpoints none = new Endpoints();

    assertThatThrownBy(() -> api(none).router(vertx)).hasMessage("no route answers openSession");
  }

  @Test
  void refusesToStartWithAnEndpointThatIsNotInTheDocument() {
    Endpoints more = endpointsFor(contract).add("formatDisk", _ -> {});

    assertThatThrownBy(() -> api(more).router(vertx))
        .hasMessage("the contract does not have [formatDisk]");
  }

  @Test
  void refusesTwoEndpointsForOneOperation() {
    assertThatThrownBy(() -> endpointsFor(contract).add("listVps", _ -> {}))
        .hasMessage("two routes answer listVps");
  }

  private Api api(Endpoints endpoints) {
    // nothing is asked, so neither tokens nor audit are needed
    return new Api(contract, endpoints, null, null, Runnable::run);
  }

  private static Endpoints endpointsFor(Contract contract) {
    Endpoints endpoints = new Endpoints();
    contract.operations().forEach(operation -> endpoints.add(operation.id(), _ -> {}));
    return endpoints;
  }
}
