package org.letargo.manager;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Two managers, each with a hook of its own, that are peers; a VPS runs on the first. */
final class TwoHosts implements AutoCloseable {
  /** Its VPS is {@code web1}; the other one calls it {@code here}. */
  private final Rig here;

  private final Rig there;

  private TwoHosts(Rig here, Rig there) {
    this.here = here;
    this.there = there;
  }

  /** Starts both, in folders of this one. */
  static TwoHosts start(Path dir) throws IOException {
    Rig here = Rig.startWithPeers(Files.createDirectory(dir.resolve("here")));
    Rig there = Rig.startWithPeers(Files.createDirectory(dir.resolve("there")));
    String token = there.post("/v1/peer-tokens").json().get("token").asText();
    var added =
        here.post(
            "/v1/peers",
            "{\"name\":\"there\",\"url\":\"https://127.0.0.1:%d\",\"token\":\"%s\",\"as\":\"here\"}"
                .formatted(there.manager().peerPort().orElseThrow(), token));
    assertThat(added.status()).as(added.message()).isEqualTo(201);
    here.createRunning("web1");
    return new TwoHosts(here, there);
  }

  Rig here() {
    return here;
  }

  Rig there() {
    return there;
  }

  /** Neither hook may have met a request that breaks the protocol. */
  @Override
  public void close() throws IOException {
    here.close();
    there.close();
    assertThat(here.hook().violations()).isEmpty();
    assertThat(there.hook().violations()).isEmpty();
  }
}
