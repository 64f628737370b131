package org.letargo.integration.harness;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** A person at the console of a VPS: types, and looks at what is shown. */
public final class Console implements AutoCloseable {
  private static final Duration LONGEST = Duration.ofSeconds(20);

  private final StringBuffer shown = new StringBuffer();
  private final Socket socket;

  Console(Api api, String vps, int rows, int columns) {
    String path = "/v1/vps/%s/console?rows=%d&columns=%d".formatted(vps, rows, columns);
    // ISO-8859-1: a character per byte, however the bytes are cut into messages
    this.socket =
        new Socket(
            api, path, bytes -> shown.append(new String(bytes, StandardCharsets.ISO_8859_1)));
  }

  /** Types a line and Return. */
  public void enter(String line) {
    type(line + "\r");
  }

  public void type(String keys) {
    socket.send(keys.getBytes(StandardCharsets.UTF_8));
  }

  public void resize(int rows, int columns) {
    socket.sendText(Map.of("resize", Map.of("rows", rows, "columns", columns)));
  }

  /** All that came since it was opened. */
  public String shown() {
    return shown.toString();
  }

  /** Waits until something that matches has been shown since the position. */
  public void awaitShown(int since, String regex) {
    Pattern pattern = Pattern.compile(regex);
    try {
      Awaitility.await()
          .pollInterval(Duration.ofMillis(20))
          .atMost(LONGEST)
          .until(() -> pattern.matcher(shown().substring(since)).find());
    } catch (ConditionTimeoutException e) {
      throw new AssertionError("'" + regex + "' is not shown, but: " + shown().substring(since), e);
    }
  }

  /** {@link #awaitShown(int, String)} since it was opened. */
  public void awaitShown(String regex) {
    awaitShown(0, regex);
  }

  /** Waits until the manager says that the VPS's terminal is gone. */
  public void awaitEnd() {
    if (!socket.awaitOutcome(30).path("ended").asBoolean()) {
      throw new AssertionError("the console ended without saying so");
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}
