package org.letargo.manager;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands and consoles over WebSockets. */
class SessionTest {
  @TempDir Path dir;
  private Rig rig;

  /** One session, as its client sees it. */
  private final class Client implements WebSocket.Listener {
    private final WebSocket socket;
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final ByteArrayOutputStream errorOutput = new ByteArrayOutputStream();
    private final StringBuilder text = new StringBuilder();
    private final List<String> texts = new CopyOnWriteArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final boolean marked;
    private byte stream;
    private boolean within;

    /**
     * @param marked whether the first byte of a message says which output it is
     */
    Client(String path, boolean marked) {
      this(path, marked, rig.token());
    }

    Client(String path, boolean marked, String token) {
      this.marked = marked;
      socket =
          rig.http()
              .newWebSocketBuilder()
              .header("Authorization", "Bearer " + token)
              .buildAsync(rig.webSocketUri(path), this)
              .join();
    }

    @Override
    public synchronized CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
      if (!within) {
        stream = marked ? data.get() : 1;
      }
      within = !last;
      byte[] bytes = new byte[data.remaining()];
      data.get(bytes);
      (stream == 1 ? output : errorOutput).writeBytes(bytes);
      from.request(1);
      return null;
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      text.append(data);
      if (last) {
        texts.add(text.toString());
        text.setLength(0);
      }
      from.request(1);
      return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int status, String reason) {
      closed.countDown();
      return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
      closed.countDown();
    }

    void text(String json) {
      socket.sendText(json, true).join();
    }

    void binary(byte[] bytes) {
      socket.sendBinary(ByteBuffer.wrap(bytes), true).join();
    }

    synchronized String output() {
      return output.toString(UTF_8);
    }

    synchronized int outputBytes() {
      return output.size();
    }

    synchronized String errorOutput() {
      return errorOutput.toString(UTF_8);
    }

    /** The last message, when the session has ended. */
    String end() throws InterruptedException {
      assertThat(closed.await(30, TimeUnit.SECONDS)).as("the session ended").isTrue();
      return texts.isEmpty() ? "" : texts.getLast();
    }
  }

  @BeforeEach
  void start() throws IOException {
    rig = Rig.start(dir);
    rig.createRunning("web1");
  }

  @AfterEach
  void close() throws IOException {
    rig.close();
  }

  private Client exec(String first) {
    Client client = new Client("/v1/vps/web1/exec", true);
    client.text(first);
    return client;
  }

  @Test
  void runsACommand() throws Exception {
    Client client = exec("{\"command\":[\"echo\",\"hello\"]}");

    assertThat(client.end()).isEqualTo("{\"exitStatus\":0}");
    assertThat(client.output()).isEqualTo("hello\n");
    assertThat(client.errorOutput()).isEmpty();
  }

  @Test
  void isAudited() throws Exception {
    exec("{\"command\":[\"true\"]}").end();

    await()
        .untilAsserted(() ->
            assertThat(rig.get("/v1/audit").json().get("entries").findValuesAsText("action"))
                .contains("execInVps"));
  }

  @Test
  void tellsErrorOutputAndStatus() throws Exception {
    Client failing = exec("{\"command\":[\"no-such-program\"]}");

    assertThat(failing.end()).isEqualTo("{\"exitStatus\":127}");
    assertThat(failing.errorOutput()).isEqualTo("no-such-program: not found\n");
    assertThat(failing.output()).isEmpty();
  }

  @Test
  void carriesInputToItsEnd() throws Exception {
    Client client = exec("{\"command\":[\"cat\"]}");
    byte[] block = new byte[100_000];
    java.util.Arrays.fill(block, (byte) 'x');

    for (int i = 0; i < 200; i++) {
      client.binary(block);
    }
    client.text("{\"inputEnd\":true}");

    assertThat(client.end()).isEqualTo("{\"exitStatus\":0}");
    assertThat(client.outputBytes()).isEqualTo(20_000_000);
  }

  @Test
  void resizesTheTerminalOfACommand() throws Exception {
    Client client = exec("{\"command\":[\"cat\"],\"terminal\":{\"rows\":24,\"columns\":80}}");
    await().until(() -> client.output().equals("[24x80]\n"));

    client.text("{\"resize\":{\"rows\":50,\"columns\":132}}");

    await().until(() -> client.output().equals("[24x80]\n[50x132]\n"));
    client.text("{\"inputEnd\":true}");
    assertThat(client.end()).isEqualTo("{\"exitStatus\":0}");
  }

  @Test
  void endsTheConsoleOfATokenThatIsRevoked() throws Exception {
    String token =
        rig.post("/v1/tokens", "{\"name\":\"sitter\",\"role\":\"operator\"}")
            .json()
            .get("token")
            .asText();
    Client mine = new Client("/v1/vps/web1/console", false);
    await().until(() -> mine.output().contains("login:"));
    int before = rig.hook().openRequests();
    Client theirs = new Client("/v1/vps/web1/console", false, token);
    await().until(() -> theirs.output().contains("login:"));

    assertThat(rig.delete("/v1/tokens/sitter").status()).isEqualTo(204);

    theirs.end();
    await().until(() -> rig.hook().openRequests() == before);
    mine.binary("still here".getBytes(UTF_8));
    await().until(() -> mine.output().contains("still here"));
  }

  @Test
  void endsTheCommandOfAClientThatGoesAway() {
    Client client = exec("{\"command\":[\"cat\"],\"terminal\":{\"rows\":24,\"columns\":80}}");
    await().until(() -> !client.output().isEmpty());
    assertThat(rig.hook().openRequests()).isEqualTo(2); // the command and the manager's watch

    client.socket.abort();

    await().until(() -> rig.hook().openRequests() == 1);
  }

  @Test
  void refusesFirstMessagesThatAreNone() throws Exception {
    assertThat(exec("{\"command\":[]}").end()).contains("INVALID_REQUEST", "empty command");
    assertThat(exec("{\"comand\":[\"ls\"]}").end()).contains("'command' is missing");
    assertThat(exec("{\"command\":[\"ls\"],\"colour\":1}").end())
        .contains("the property 'colour', which is not known");
    assertThat(exec("ls").end()).contains("INVALID_REQUEST");
    Client binary = new Client("/v1/vps/web1/exec", true);
    binary.binary(new byte[] {1});
    assertThat(binary.end()).contains("INVALID_REQUEST", "its first message is no text");
  }

  @Test
  void refusesMessagesThatItDoesNotKnow() throws Exception {
    for (String message :
        List.of("{\"kill\":true}", "{}", "{\"resize\":{\"rows\":0,\"columns\":1}}")) {
      Client client = exec("{\"command\":[\"cat\"]}");
      client.text(message);
      assertThat(client.end()).contains("INVALID_REQUEST");
    }
  }

  @Test
  void sitsAtTheConsoleUntilTheVpsEnds() throws Exception {
    Client client = new Client("/v1/vps/web1/console?rows=30&columns=100", false);
    await().until(() -> client.output().equals("web1 login:\n[30x100]\n"));

    client.text("{\"resize\":{\"rows\":31,\"columns\":100}}");
    await().until(() -> client.output().endsWith("[31x100]\n"));
    client.binary("root\n".getBytes(UTF_8));
    await().until(() -> client.output().endsWith("root\n"));
    rig.end(rig.post("/v1/vps/web1/suspend"));

    assertThat(client.end()).isEqualTo("{\"ended\":true}");
  }

  @Test
  void tellsAConsoleThatTheHookDied() throws Exception {
    Client client = new Client("/v1/vps/web1/console", false);
    await().until(() -> !client.output().isEmpty());

    rig.hook().die();

    assertThat(client.end()).contains("HOOK_UNREACHABLE");
  }

  @Test
  void refusesWithAStatusWhatCannotBe() {
    rig.create("web2");

    assertStatus("/v1/vps/nobody/console", 404);
    assertStatus("/v1/vps/web2/console", 409);
    assertStatus("/v1/vps/web2/exec", 409);
    assertStatus("/v1/vps/web1/console?rows=0", 400);
    assertStatus("/v1/vps/A/exec", 400);
  }

  private void assertStatus(String path, int status) {
    assertThatThrownBy(() -> new Client(path, false))
        .cause()
        .isInstanceOfSatisfying(
            WebSocketHandshakeException.class,
            e -> assertThat(e.getResponse().statusCode()).as(path).isEqualTo(status));
  }
}
