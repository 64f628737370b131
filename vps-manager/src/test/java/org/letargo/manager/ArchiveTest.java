package org.letargo.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.testing.Moment;
import org.letargo.hook.protocol.testing.Trap;

/** Archives out and in. The JVM of the tests has less memory than the large ones are long. */
class ArchiveTest {
  private static final long LARGE_BYTES = 200L << 20;
  private static final VpsException FULL =
      new VpsException(Code.NO_SPACE, "cannot export", "the disk is full", "Make room.");

  @TempDir Path dir;
  private Rig rig;

  @BeforeEach
  void start() throws IOException {
    rig = Rig.start(dir);
    rig.createSuspended("web1");
  }

  @AfterEach
  void close() throws IOException {
    rig.close();
    assertThat(rig.hook().violations()).isEmpty();
  }

  private HttpResponse<InputStream> export() throws IOException, InterruptedException {
    return rig.http()
        .send(rig.request("/v1/vps/web1/archive").build(), BodyHandlers.ofInputStream());
  }

  private byte[] archive() throws IOException, InterruptedException {
    try (InputStream body = export().body()) {
      return body.readAllBytes();
    }
  }

  private JsonNode newestOperation() {
    return rig.get("/v1/operations?limit=1").json().at("/operations/0");
  }

  private String newestOutcome() {
    return (newestOperation().path("state").asText()
            + " "
            + newestOperation().at("/error/code").asText())
        .strip();
  }

  @Test
  void isDownloadedUnderTheNameOfItsVps() throws Exception {
    HttpResponse<InputStream> response = export();

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type")).contains("application/zstd");
    assertThat(response.headers().firstValue("Content-Disposition"))
        .contains("attachment; filename=\"web1.letargo\"");
    assertThat(response.body().readAllBytes()).hasSizeGreaterThan(1 << 20);
    String operation = response.headers().firstValue("Letargo-Operation").orElseThrow();
    assertThat(rig.end(operation).get("kind").asText()).isEqualTo("export");
    assertThat(newestOutcome()).isEqualTo("succeeded");
    assertThat(rig.state("web1")).isEqualTo("suspended");
  }

  @Test
  void becomesAVpsAgain() throws Exception {
    byte[] archive = archive();

    var accepted = rig.upload("/v1/archives?name=web2", BodyPublishers.ofByteArray(archive));

    assertThat(rig.end(accepted).get("vps").asText()).isEqualTo("web2");
    assertThat(rig.state("web2")).isEqualTo("suspended");
    assertThat(rig.end(rig.post("/v1/vps/web2/resume")).get("state").asText())
        .isEqualTo("succeeded");
    rig.end(rig.delete("/v1/vps/web1"));
    var named = rig.upload("/v1/archives", BodyPublishers.ofByteArray(archive));
    assertThat(rig.end(named).get("vps").asText()).isEqualTo("web1");
    assertThat(rig.state("web1")).isEqualTo("suspended");
  }

  @Test
  void streamsThroughWithFlatMemory() throws Exception {
    assertThat(Runtime.getRuntime().maxMemory()).isLessThan(LARGE_BYTES);
    rig.hook().archiveBytes(LARGE_BYTES);
    HttpResponse<InputStream> download = export();

    var accepted =
        rig.upload("/v1/archives?name=web2", BodyPublishers.ofInputStream(() -> download.body()));

    assertThat(rig.end(accepted).get("state").asText()).isEqualTo("succeeded");
    assertThat(rig.state("web2")).isEqualTo("suspended");
    assertThat(
            rig.end(download.headers().firstValue("Letargo-Operation").orElseThrow())
                .get("state")
                .asText())
        .isEqualTo("succeeded");
  }

  @Test
  void waitsForASlowTaker() throws Exception {
    rig.hook().archiveBytes(LARGE_BYTES);
    InputStream neverRead = export().body();
    try (neverRead) {
      long[] before = {-1};
      await()
          .pollInterval(java.time.Duration.ofMillis(100))
          .until(() -> {
            long now = newestOperation().path("doneBytes").asLong();
            boolean standsStill = now > 0 && now == before[0];
            before[0] = now;
            return standsStill;
          });

      assertThat(before[0]).isLessThan(LARGE_BYTES / 4);
      assertThat(newestOperation().get("state").asText()).isEqualTo("running");
      assertThat(rig.state("web1")).isEqualTo("exporting");
    }
    await().untilAsserted(() -> assertThat(newestOutcome()).isEqualTo("cancelled CANCELLED"));
    assertThat(rig.state("web1")).isEqualTo("suspended");
  }

  @Test
  void breaksOffWhenTheExportFailsOnTheWay() throws Exception {
    rig.hook().archiveBytes(LARGE_BYTES);
    rig.hook().fail(HookRequest.ExportVps.class, Moment.HALFWAY, FULL);

    HttpResponse<InputStream> response = export();

    assertThat(response.statusCode()).isEqualTo(200);
    assertThatThrownBy(() -> response.body().transferTo(OutputStream.nullOutputStream()))
        .isInstanceOf(IOException.class);
    assertThat(newestOutcome()).isEqualTo("failed NO_SPACE");
    assertThat(rig.state("web1")).isEqualTo("suspended");
  }

  @Test
  void hasAStatusWhenTheExportFailsAtOnce() {
    rig.hook().fail(HookRequest.ExportVps.class, Moment.BEGUN, FULL);

    assertThat(rig.get("/v1/vps/web1/archive").error()).isEqualTo("507 NO_SPACE");
    assertThat(newestOutcome()).isEqualTo("failed NO_SPACE");
  }

  @Test
  void breaksOffWhenTheHookDies() throws Exception {
    rig.hook().archiveBytes(LARGE_BYTES);
    Trap trap = rig.hook().dieAt(HookRequest.ExportVps.class, Moment.HALFWAY);
    HttpResponse<InputStream> response = export();
    CompletableFuture<Long> taken =
        CompletableFuture.supplyAsync(() -> {
          try {
            return response.body().transferTo(OutputStream.nullOutputStream());
          } catch (IOException e) {
            return -1L;
          }
        });
    trap.awaitReached();
    rig.hook().start();

    assertThat(taken.get()).isEqualTo(-1);
    assertThat(newestOutcome()).isEqualTo("failed HOOK_UNREACHABLE");
    await().until(() -> rig.manager().hookIsUp());
    assertThat(rig.state("web1")).isEqualTo("suspended");
  }

  @Test
  void isCancelledOnRequest() throws Exception {
    rig.hook().archiveBytes(LARGE_BYTES);
    Trap trap = rig.hook().hold(HookRequest.ExportVps.class, Moment.HALFWAY);
    HttpResponse<InputStream> response = export();
    CompletableFuture<Boolean> whole =
        CompletableFuture.supplyAsync(() -> {
          try {
            response.body().transferTo(OutputStream.nullOutputStream());
            return true;
          } catch (IOException e) {
            return false;
          }
        });
    trap.awaitReached();

    String operation = response.headers().firstValue("Letargo-Operation").orElseThrow();
    assertThat(rig.delete("/v1/operations/" + operation).status()).isEqualTo(202);
    trap.release();

    assertThat(whole.get()).isFalse();
    assertThat(newestOutcome()).isEqualTo("cancelled CANCELLED");
  }

  @Test
  void isRefusedWhenItIsDamaged() throws Exception {
    byte[] archive = archive();
    byte[] cut = Arrays.copyOf(archive, archive.length - 1);
    byte[] flipped = archive.clone();
    flipped[archive.length / 2] ^= 4;

    for (byte[] damaged : new byte[][] {cut, flipped, new byte[0], new byte[] {1, 2, 3, 4, 5}}) {
      var answer = rig.upload("/v1/archives?name=web2", BodyPublishers.ofByteArray(damaged));
      // all of it may have arrived before the hook has looked at its end
      if (answer.status() == 202) {
        rig.end(answer);
      } else {
        assertThat(answer.error()).isEqualTo("422 ARCHIVE_REFUSED");
      }
      assertThat(newestOutcome()).isEqualTo("failed ARCHIVE_REFUSED");
      assertThat(rig.get("/v1/vps/web2").error()).isEqualTo("404 NOT_FOUND");
    }
  }

  @Test
  void isRefusedAtOnceAndNotOnlyWhenAllHasArrived() {
    InputStream endless =
        new InputStream() {
          @Override
          public int read() {
            return 7;
          }

          @Override
          public int read(byte[] bytes, int offset, int length) {
            Arrays.fill(bytes, offset, offset + length, (byte) 7);
            return length;
          }
        };

    assertThatCode(
        rig.upload(
            "/v1/archives?name=web2",
            BodyPublishers.ofInputStream(() -> limited(endless, LARGE_BYTES))),
        "422 ARCHIVE_REFUSED");
    assertThatCode(
        rig.upload(
            "/v1/archives?name=web1",
            BodyPublishers.ofInputStream(() -> limited(endless, LARGE_BYTES))),
        "409 NAME_TAKEN");
    assertThatCode(
        rig.upload("/v1/archives?name=web%2F1", BodyPublishers.ofByteArray(new byte[100])),
        "400 INVALID_REQUEST");
  }

  private static void assertThatCode(Rig.Answer answer, String error) {
    assertThat(answer.error()).isEqualTo(error);
  }

  private static InputStream limited(InputStream in, long bytes) {
    return new InputStream() {
      private long left = bytes;

      @Override
      public int read() {
        throw new UnsupportedOperationException("read blocks");
      }

      @Override
      public int read(byte[] block, int offset, int length) throws IOException {
        if (left == 0) {
          return -1;
        }
        int count = in.read(block, offset, (int) Math.min(length, left));
        left -= count;
        return count;
      }
    };
  }

  @Test
  void leavesNothingWhenTheUploaderHangsUp() throws Exception {
    byte[] archive = archive();
    try (Socket socket = new Socket("127.0.0.1", rig.manager().port())) {
      String head =
          "POST /v1/archives?name=web2 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
              + rig.token()
              + "\r\nContent-Type: application/octet-stream\r\nContent-Length: "
              + archive.length
              + "\r\n\r\n";
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().write(archive, 0, archive.length / 2);
      socket.getOutputStream().flush();
      await().until(() -> rig.state("web2").equals("importing"));
    }

    await().untilAsserted(() -> assertThat(newestOutcome()).isEqualTo("cancelled CANCELLED"));
    assertThat(newestOperation().at("/error/what").asText()).isEqualTo("the upload broke off");
    assertThat(rig.get("/v1/vps/web2").error()).isEqualTo("404 NOT_FOUND");
  }

  @Test
  void failsWithTheHookWhenThatDiesOnTheWayAndLeavesNothing() throws Exception {
    byte[] archive = archive();
    Trap trap = rig.hook().dieAt(HookRequest.ImportVps.class, Moment.HALFWAY);
    CompletableFuture<Rig.Answer> answer =
        CompletableFuture.supplyAsync(() ->
            rig.upload(
                "/v1/archives?name=web2",
                BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(archive))));
    trap.awaitReached();
    rig.hook().start();

    if (answer.get().status() == 202) { // all was on its way when the hook died
      rig.end(answer.get());
    }
    assertThat(newestOutcome()).isEqualTo("failed INTERRUPTED");
    await().until(() -> rig.manager().hookIsUp());
    assertThat(rig.get("/v1/vps/web2").error()).isEqualTo("404 NOT_FOUND");
  }

  @Test
  void isRolledBackWhenTheManagerEndsInItsMiddle() throws Exception {
    byte[] archive = archive();
    Trap trap = rig.hook().hold(HookRequest.ImportVps.class, Moment.BEGUN);
    try (Socket socket = new Socket("127.0.0.1", rig.manager().port())) {
      String head =
          "POST /v1/archives?name=web2 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
              + rig.token()
              + "\r\nContent-Type: application/octet-stream\r\nContent-Length: "
              + archive.length
              + "\r\n\r\n";
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().write(archive, 0, 1000);
      socket.getOutputStream().flush();
      trap.awaitReached();
      rig.stopManager();
    }
    rig.startManager();
    trap.release();

    assertThat(rig.end(newestOperation().get("id").asText()).get("state").asText())
        .isEqualTo("cancelled");
    assertThat(rig.get("/v1/vps/web2").error()).isEqualTo("404 NOT_FOUND");
  }
}
