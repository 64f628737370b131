package org.letargo.manager.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.letargo.hook.protocol.CheckpointId;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.protocol.testing.Moment;
import org.letargo.manager.Rig;

/** The timeline of the console page, in a real browser, through a manager to a fake hook. */
class TimelinePageTest {
  private static Browser browser;

  @TempDir Path dir;
  private Rig rig;
  private Page page;

  @BeforeAll
  static void startBrowser() {
    browser = new Browser();
  }

  @AfterAll
  static void stopBrowser() {
    browser.close();
  }

  @BeforeEach
  void start() throws IOException {
    rig = Rig.start(dir);
    rig.createRunning("web1");
  }

  @AfterEach
  void nothingWasAmiss() throws IOException {
    page.context().close();
    rig.close();
    assertThat(rig.hook().violations()).isEmpty();
    assertThat(browser.complaints()).isEmpty();
  }

  private void open(int width, int height, ColorScheme colours) {
    page = browser.open(rig.uri("/").toString(), width, height, colours);
    page.getByTestId("token").fill(rig.token());
    page.getByTestId("sign-in").click();
    assertThat(page.getByTestId("link")).hasText("Live");
    web1().getByTestId("timeline").click();
  }

  private void open() {
    open(1400, 900, ColorScheme.LIGHT);
  }

  private Locator web1() {
    return page.getByTestId("vps-web1");
  }

  private Locator entries() {
    return web1().locator("[data-testid^=checkpoint-20]");
  }

  private Locator entry(String label) {
    return entries().filter(new Locator.FilterOptions().setHas(page.getByText(label)));
  }

  /** Takes one past the page; its id. */
  private String checkpoint(String label) {
    return rig.end(rig.post("/v1/vps/web1/checkpoints", "{\"label\": \"" + label + "\"}"))
        .get("checkpoint")
        .asText();
  }

  private JsonNode timeline() {
    return rig.get("/v1/vps/web1/checkpoints").json();
  }

  @Test
  void takesCheckpointsAndSaysWhereTheVpsIs() {
    open();
    assertThat(web1().getByText("No checkpoint yet.")).isVisible();
    assertThat(page.getByTestId("store")).isEmpty();

    web1().getByTestId("checkpoint-now").click();
    page.getByTestId("checkpoint-label").fill("first");
    page.getByTestId("checkpoint-note").fill("before <b>it</b>");
    page.getByTestId("checkpoint-submit").click();

    assertThat(page.getByTestId("checkpoint-dialog")).hasCount(0);
    assertThat(entries()).hasCount(1);
    assertThat(entry("first").getByTestId("kind")).hasText("manual");
    assertThat(entry("first").getByTestId("sizes")).hasText("9.0 MiB · 9.0 MiB new · frozen 40 ms");
    assertThat(entry("first").getByTestId("note")).hasText("before <b>it</b>");
    assertThat(entry("first").getByTestId("here")).hasText("you are here");
    assertThat(page.getByTestId("store")).hasText("1 checkpoint: 9.0 MiB on disk");
  }

  @Test
  void showsWhatOthersDoNewestFirst() {
    open();
    assertThat(web1().getByText("No checkpoint yet.")).isVisible();

    checkpoint("first");
    checkpoint("second");

    assertThat(entries()).hasCount(2);
    assertThat(entries().first().getByTestId("label")).hasText("second");
    assertThat(entry("second").getByTestId("here")).isVisible();
    assertThat(entry("first").getByTestId("here")).hasCount(0);
    assertThat(page.getByTestId("store"))
        .hasText("2 checkpoints: 9.6 MiB on disk instead of 18.0 MiB");
  }

  @Test
  void rewindsWhenItIsConfirmedAndKeepsThePresent() {
    checkpoint("first");
    checkpoint("second");
    open();
    entry("first").getByTestId("rewind").click();
    page.getByText("Cancel").click();
    assertThat(timeline().get("checkpoints")).hasSize(2);

    entry("first").getByTestId("rewind").click();
    page.getByTestId("rewind-submit").click();

    assertThat(entries()).hasCount(3);
    assertThat(entry("first").getByTestId("here")).isVisible();
    assertThat(entry("before-rewind")).hasCount(1);
    assertThat(web1().getByTestId("state")).hasText("running");
    entry("second").getByTestId("rewind").click();
    page.getByTestId("rewind-keep").uncheck();
    page.getByTestId("rewind-submit").click();
    assertThat(entry("second").getByTestId("here")).isVisible();
    assertThat(entries()).hasCount(3);
  }

  @Test
  void saysWhyARewindFailed() {
    checkpoint("first");
    rig.hook()
        .fail(
            HookRequest.RewindVps.class,
            Moment.HALFWAY,
            new VpsException(
                Code.RESUME_FAILED, "cannot rewind VPS 'web1'", "the engine says no", "Look."));
    open();

    entry("first").getByTestId("rewind").click();
    page.getByTestId("rewind-submit").click();

    assertThat(page.getByTestId("error-why")).hasText("The engine says no.");
    page.getByTestId("error-dismiss").click();
    assertThat(web1().getByTestId("state")).hasText("running");
  }

  @Test
  void clonesACheckpoint() {
    checkpoint("warm");
    open();

    entry("warm").getByTestId("clone").click();
    page.getByTestId("clone-name").fill("web1");
    page.getByTestId("clone-submit").click();
    assertThat(page.getByTestId("clone-error")).containsText("There is one of that name.");
    page.getByTestId("clone-name").fill("web2");
    page.getByTestId("clone-publish").fill("8080:80");
    page.getByTestId("clone-submit").click();

    assertThat(page.getByTestId("vps-web2").getByTestId("state")).hasText("running");
    assertThat(page.getByTestId("vps-web2").getByTestId("ports")).hasText("8080:80");
    page.getByTestId("vps-web2").getByTestId("timeline").click();
    assertThat(page.getByTestId("vps-web2").getByTestId("kind")).hasText("clone");
  }

  @Test
  void comparesTwoThatArePicked() {
    checkpoint("first");
    rig.hook().write(new VpsName("web1"), "/etc/motd", "hello");
    checkpoint("second");
    open();

    entry("second").getByTestId("compare").click();
    assertThat(entry("second").getByTestId("compare")).hasAttribute("aria-pressed", "true");
    entry("first").getByTestId("compare").click();

    assertThat(page.getByTestId("diff-dialog").locator("h2")).hasText("web1: first → second");
    assertThat(page.getByTestId("diff-memory"))
        .hasText("Memory: 7.0 MiB → 7.0 MiB, 7.0 MiB changed");
    assertThat(page.getByTestId("diff-item"))
        .containsText(new String[] {"process 1 init (/sbin/init)", "/etc/motd"});
    page.getByTestId("diff-close").click();
    assertThat(page.getByTestId("diff-dialog")).hasCount(0);
    assertThat(entry("second").getByTestId("compare")).hasAttribute("aria-pressed", "false");
  }

  @Test
  void labelsPinsAndForgets() {
    checkpoint("first");
    open();

    entry("first").getByTestId("relabel").click();
    page.getByTestId("label-label").fill("second");
    page.getByTestId("label-submit").click();
    assertThat(entry("second")).hasCount(1);
    entry("second").getByTestId("pin").click();
    assertThat(entry("second").getByTestId("kind")).hasText("manual, pinned");
    assertThat(entry("second").getByTestId("pin")).isFocused();
    entry("second").getByTestId("forget").click();
    page.getByTestId("forget-submit").click();
    assertThat(page.getByTestId("error-why")).hasText("It is pinned.");
    page.getByTestId("error-dismiss").click();
    entry("second").getByTestId("pin").click();
    assertThat(entry("second").getByTestId("kind")).hasText("manual");
    entry("second").getByTestId("forget").click();
    page.getByTestId("forget-submit").click();

    assertThat(entries()).hasCount(0);
    assertThat(web1().getByText("No checkpoint yet.")).isVisible();
  }

  @Test
  void verifiesACheckpointAndSaysWhatCameOfIt() throws IOException {
    String whole = checkpoint("whole");
    String damaged = checkpoint("damaged");
    rig.hook().damage(new VpsName("web1"), new CheckpointId(damaged));
    open();
    assertThat(entry("whole").getByTestId("verified")).hasCount(0);

    entry("whole").getByTestId("verify").click();
    assertThat(entry("whole").getByTestId("verified")).hasText("verified (restore)");
    entry("damaged").getByTestId("verify").click();

    assertThat(entry("damaged").getByTestId("verified"))
        .hasText("cannot be restored: its bytes are not what they were");
    assertThat(rig.get("/v1/vps/web1/checkpoints/" + whole).json().at("/verification/result"))
        .hasToString("\"verified\"");
  }

  @Test
  void saysThatAScheduleFailsAndWhy() {
    rig.hook()
        .fail(
            HookRequest.CheckpointVps.class,
            Moment.HALFWAY,
            new VpsException(Code.NO_SPACE, "cannot checkpoint", "the disk is full", "Tidy."));
    rig.send(
        rig.request("/v1/vps/web1/schedule")
            .header("Content-Type", "application/json")
            .PUT(BodyPublishers.ofString("{\"everySeconds\": 300, \"keep\": 1}")));
    await().until(() -> rig.get("/v1/vps/web1/schedule").json().has("error"));

    open();

    assertThat(web1().getByTestId("schedule"))
        .containsText("Failing: cannot checkpoint: the disk is full. Tidy.");
    assertThat(web1().getByTestId("schedule"))
        .containsText("A checkpoint every 5 min, the next at");
  }

  @Test
  void downloadsACheckpointOfARunningVps() {
    String id = checkpoint("first");
    open();

    var download =
        page.waitForDownload(() -> entry("first").getByTestId("export-checkpoint").click());

    assertThat(download.suggestedFilename()).isEqualTo("web1-" + id + ".letargo");
    assertThat(download.path()).isNotEmptyFile();
    assertThat(web1().getByTestId("state")).hasText("running");
  }

  /** Also writes the pictures for a person to look at. */
  @ParameterizedTest
  @CsvSource({"375,812,LIGHT", "1400,900,LIGHT", "1400,900,DARK"})
  void fitsEveryWidth(int width, int height, ColorScheme colours) {
    String first = checkpoint("a-label-of-forty-characters-which-is-max");
    checkpoint("second");
    rig.end(rig.post("/v1/vps/web1/rewind", "{\"checkpoint\": \"" + first + "\"}"));
    checkpoint("third");
    open(width, height, colours);
    assertThat(entries()).hasCount(4);

    page.screenshot(
        new Page.ScreenshotOptions()
            .setPath(Path.of("target/console", "timeline-" + width + "-" + colours + ".png")));
    assertThat(page.evaluate("document.documentElement.scrollWidth")).isEqualTo(width);
  }
}
