package org.letargo.hook.vps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.protocol.VpsStatus;
import org.letargo.hook.testing.Samples;

class VpsesTest {
  private static final VpsName DB1 = new VpsName("db1");

  @TempDir Path temporary;
  private final Vpses vpses = new Vpses();

  @Test
  void listsAllByName() {
    Vps web1 = add(Samples.WEB1);
    Vps db1 = add(DB1);

    assertThat(vpses.all()).containsExactly(db1, web1);
    assertThat(vpses.get(DB1)).isSameAs(db1);
    assertThat(vpses.find(DB1)).contains(db1);
    assertThat(vpses.contains(DB1)).isTrue();
  }

  @Test
  void refusesASecondOfTheSameName() {
    Vps first = add(DB1);

    assertThatThrownBy(() -> add(DB1))
        .isInstanceOfSatisfying(
            VpsException.class, e -> assertThat(e.code()).isEqualTo(Code.NAME_TAKEN))
        .hasMessage(
            "cannot make VPS 'db1': there is one of that name."
                + " Choose another name, or destroy that one first.");
    assertThat(vpses.get(DB1)).isSameAs(first);
  }

  @Test
  void saysThatThereIsNone() {
    assertThatThrownBy(() -> vpses.get(DB1))
        .isInstanceOfSatisfying(
            VpsException.class, e -> assertThat(e.code()).isEqualTo(Code.NOT_FOUND))
        .hasMessage(
            "there is no VPS 'db1': none of that name is on this host."
                + " List them with 'letargo list'.");
    assertThat(vpses.find(DB1)).isEmpty();
    assertThat(vpses.contains(DB1)).isFalse();
  }

  @Test
  void tellsEveryListenerOfComingChangingAndGoing() throws Exception {
    List<String> heard = new ArrayList<>();
    AutoCloseable listening =
        vpses.listen((name, vps) ->
            heard.add(
                name
                    + vps.map(now -> " " + now.status().word() + now.change().isPresent())
                        .orElse(" gone")));
    Vps vps = add(DB1);
    DurableFiles.folder(vps.folder().state(), "rwx------");

    vps.begin(OperationId.create(), JournalEntry.Kind.START, Optional.empty()).close();
    vpses.remove(DB1);
    listening.close();
    add(Samples.WEB1);

    assertThat(heard)
        .containsExactly("db1 stoppedfalse", "db1 stoppedtrue", "db1 stoppedfalse", "db1 gone");
  }

  @Test
  void givesLargerRevisionsThanEveryHookBefore() {
    long before = add(DB1).revision();

    Vps later =
        new Vpses().add(Samples.folder(temporary), Samples.stored(), new VpsStatus.Stopped());

    assertThat(later.revision()).isGreaterThan(before);
  }

  private Vps add(VpsName name) {
    return vpses.add(
        VpsFolder.of(Samples.configuration(temporary), name),
        new StoredVps(Samples.spec(name), Samples.HOST_ID_BASE, "sha256:0"),
        new VpsStatus.Stopped());
  }
}
