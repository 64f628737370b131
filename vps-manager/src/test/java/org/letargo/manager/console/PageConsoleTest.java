package org.letargo.manager.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.letargo.manager.cli.testing.FakeApi;
import org.letargo.manager.cli.testing.FakeApi.Seen;
import org.letargo.manager.cli.testing.FakeArchives;
import org.letargo.manager.cli.testing.FakeError;

class PageConsoleTest {
  private static Browser browser;

  private final FakeApi api = new FakeApi();
  private Page page;

  @BeforeAll
  static void startBrowser() {
    browser = new Browser();
  }

  @AfterAll
  static void stopBrowser() {
    browser.close();
  }

  @AfterEach
  void nothingWasAmiss() {
    page.context().close();
    api.close();
    assertThat(api.violations()).isEmpty();
    assertThat(browser.complaints()).isEmpty();
  }

  @Test
  void signsInWithTheRightTokenOnly() {
    open();

    page.getByTestId("token").fill("wrong");
    page.getByTestId("sign-in").click();
    assertThat(page.getByTestId("sign-in-error"))
        .hasText("Cannot sign in.The token is not known.Check it.");

    page.getByTestId("token").fill(FakeApi.TOKEN);
    page.getByTestId("token").press("Enter");
    assertThat(page.getByTestId("link")).hasText("Live");
    assertThat(page.getByTestId("empty")).isVisible();
    assertThat(page.getByTestId("host")).hasText("host1, Linux 6.18.5");

    page.reload(); // the cookie is enough
    assertThat(page.getByTestId("link")).hasText("Live");

    page.getByTestId("sign-out").click();
    assertThat(page.getByTestId("token")).isFocused();
    page.reload();
    assertThat(page.getByTestId("token")).isVisible();
  }

  @Test
  void keepsTheTokenAwayFromScripts() {
    signIn();

    assertThat(page.evaluate("document.cookie")).isEqualTo("");
    assertThat(page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])"))
        .isEqualTo("[{},{}]");
  }

  @Test
  void listsVpsesWithTheirFacts() {
    api.host().put("web1", "running");
    api.host().put("db1", "suspended");
    signIn();

    Locator web1 = page.getByTestId("vps-web1");
    assertThat(web1.getByTestId("state")).hasText("running");
    assertThat(web1.getByTestId("address")).hasText("10.77.0.2");
    assertThat(web1.getByTestId("memory")).hasText("100.0 MiB of 512.0 MiB");
    assertThat(web1.getByTestId("ports")).hasText("8080:80");
    assertThat(web1.getByTestId("checkpoint")).hasCount(0);
    assertThat(page.getByTestId("vps-db1").getByTestId("checkpoint"))
        .hasText("2 Jan 2026, 03:04, 30.0 MiB");
    assertThat(page.getByTestId("counts")).hasText("1 running · 1 suspended");
    assertThat(page.getByTestId("vpses").getByRole(AriaRole.HEADING).first()).hasText("db1");
  }

  @Test
  void createsAndStartsAVps() {
    signIn();
    page.getByTestId("create").click();
    assertThat(page.getByTestId("create-name")).isFocused();

    page.getByTestId("create-name").fill("web1");
    page.getByTestId("create-memory").fill("256");
    page.getByTestId("create-cpus").fill("0.5");
    page.getByTestId("create-publish").fill("8080:80, 53:53/udp");
    page.getByTestId("create-submit").click();

    assertThat(page.getByTestId("create-dialog")).hasCount(0);
    assertThat(page.getByTestId("vps-web1").getByTestId("state")).hasText("running");
    assertThat(api.requests())
        .contains(
            new Seen(
                "POST",
                "/v1/vps",
                "{\"name\":\"web1\",\"template\":\"tiny\",\"memoryBytes\":268435456,\"cpus\":0.5,"
                    + "\"pids\":512,\"publish\":[\"8080:80\",\"53:53/udp\"]}"),
            new Seen("POST", "/v1/vps/web1/start", ""));
  }

  @Test
  void keepsTheDialogAndWhatWasTypedWhenCreationIsRefused() {
    api.host().put("web1", "running");
    signIn();
    page.getByTestId("create").click();

    page.getByTestId("create-name").fill("web1");
    page.getByTestId("create-submit").click();

    assertThat(page.getByTestId("create-error"))
        .hasText("Cannot create VPS 'web1'.There is one.Take another name.");
    assertThat(page.getByTestId("create-name")).hasValue("web1");
    page.keyboard().press("Escape");
    assertThat(page.getByTestId("create-dialog")).hasCount(0);
    assertThat(page.getByTestId("create")).isFocused();
  }

  @Test
  void showsHowFarASuspendIsAndThatItIsDone() {
    api.host().put("web1", "running");
    api.host().hold("suspend");
    signIn();
    Locator row = page.getByTestId("vps-web1");

    row.getByTestId("suspend").click();
    assertThat(row.getByTestId("state")).hasText("suspending");
    assertThat(row.getByTestId("progress")).isVisible();
    String operation = api.host().newest("suspend");
    api.host().progress(operation, "saving memory", 40, 40L << 20, 100L << 20);
    assertThat(row.getByTestId("phase")).hasText("saving memory · 40 % · 40.0 MiB of 100.0 MiB");
    assertThat(row.getByRole(AriaRole.PROGRESSBAR)).hasAttribute("value", "40");

    api.host().succeed(operation);
    assertThat(row.getByTestId("state")).hasText("suspended");
    assertThat(row.getByTestId("progress")).isHidden();
    assertThat(row.getByTestId("checkpoint")).isVisible();
    assertThat(row.getByTestId("resume")).isEnabled();
  }

  @ParameterizedTest
  @CsvSource({
    "start,stopped,running",
    "stop,running,stopped",
    "pause,running,paused",
    "unpause,paused,running",
    "resume,suspended,running",
  })
  void changesAVpsByAButton(String verb, String before, String after) {
    api.host().put("web1", before);
    signIn();
    Locator row = page.getByTestId("vps-web1");

    row.getByTestId(verb).click();

    assertThat(row.getByTestId("state")).hasText(after);
    assertThat(api.requests()).contains(new Seen("POST", "/v1/vps/web1/" + verb, ""));
  }

  @Test
  void saysWhatFailedWhyAndWhatToDoUntilItIsDismissed() {
    api.host().put("web1", "running");
    api.host()
        .failNext(
            "suspend",
            new FakeError(
                409,
                "NOT_CHECKPOINTABLE",
                "cannot suspend VPS 'web1'",
                "process 7 has a file open on <b>a FUSE mount</b>",
                "Unmount it, then suspend again."));
    signIn();

    page.getByTestId("vps-web1").getByTestId("suspend").click();

    assertThat(page.getByTestId("error-what")).hasText("Cannot suspend VPS 'web1'.");
    assertThat(page.getByTestId("error-why"))
        .hasText("Process 7 has a file open on <b>a FUSE mount</b>.");
    assertThat(page.getByTestId("error-remedy")).hasText("Unmount it, then suspend again.");
    assertThat(page.getByTestId("vps-web1").getByTestId("state")).hasText("running");
    assertThat(page.getByTestId("vps-web1").getByTestId("suspend")).isEnabled();

    page.getByTestId("error-dismiss").click();
    assertThat(page.getByTestId("error")).hasCount(0);
  }

  @Test
  void showsObstaclesAndTheEnginesLogOfARefusedSuspension() {
    api.host().put("web1", "running");
    api.host()
        .failNext(
            "suspend",
            new FakeError(409, "NOT_CHECKPOINTABLE", "cannot suspend", "two things", "End them.")
                .with(FakeError.obstacle("traced", "blocks", 71, "<i>gdb</i>"), "(00.1) a line")
                .with(FakeError.obstacle("packet-pipe", "blocks", 72, "pipes")));
    signIn();

    page.getByTestId("vps-web1").getByTestId("suspend").click();

    assertThat(page.getByTestId("error").getByTestId("obstacles").locator("li")).hasCount(2);
    assertThat(page.locator("[data-code=traced]")).containsText("<i>gdb</i> (71): it is traced");
    assertThat(page.getByText("(00.1) a line")).isHidden();
    page.getByTestId("error-log").locator("summary").click();
    assertThat(page.getByText("(00.1) a line")).isVisible();
  }

  @Test
  void looksWhetherAVpsCanBeSuspended() {
    api.host().put("web1", "running");
    api.host().obstacles("web1", FakeError.obstacle("traced", "blocks", 71, "gdb"));
    signIn();

    page.getByTestId("vps-web1").getByTestId("preflight-open").click();
    assertThat(page.getByTestId("verdict")).hasText("No: something in it cannot be saved.");
    assertThat(page.locator("[data-code=traced]")).containsText("gdb (71): it is traced");
    assertThat(page.locator("[data-code=traced]")).containsText("End it.");

    api.host().obstacles("web1", FakeError.obstacle("file-lock", "handled", 7, "cron"));
    page.getByText("Look again").click();
    assertThat(page.getByTestId("verdict")).hasText("Yes: nothing stands in the way.");
    assertThat(page.locator("[data-code=file-lock]")).containsText("Handled");
  }

  @Test
  void saysWhyARequestIsRefusedAndLetsOneTryAgain() {
    api.host().put("web1", "running");
    api.refuseNext(
        "POST",
        "/v1/vps/web1/pause",
        new FakeError(403, "FORBIDDEN", "cannot pause", "a viewer may only look", "Ask."));
    signIn();

    page.getByTestId("vps-web1").getByTestId("pause").click();
    assertThat(page.getByTestId("error-why")).hasText("A viewer may only look.");

    page.getByTestId("vps-web1").getByTestId("pause").click();
    assertThat(page.getByTestId("vps-web1").getByTestId("state")).hasText("paused");
  }

  @Test
  void destroysOnlyForWhoTypesTheName() {
    api.host().put("web1", "stopped");
    signIn();
    page.getByTestId("vps-web1").getByTestId("destroy").click();

    page.getByTestId("destroy-name").fill("web");
    assertThat(page.getByTestId("destroy-confirm")).isDisabled();
    page.getByTestId("destroy-name").fill("web1");
    page.getByTestId("destroy-name").press("Enter");

    assertThat(page.getByTestId("vps-web1")).hasCount(0);
    assertThat(page.getByTestId("empty")).isVisible();
    assertThat(api.host().has("web1")).isFalse();
  }

  @Test
  void downloadsAnArchive(@TempDir Path folder) throws IOException {
    api.host().put("web1", "suspended");
    api.archives().setSize(3 << 20);
    signIn();

    var download =
        page.waitForDownload(() -> page.getByTestId("vps-web1").getByTestId("export").click());

    assertThat(download.suggestedFilename()).isEqualTo("web1.letargo");
    Path file = folder.resolve("web1.letargo");
    download.saveAs(file);
    assertThat(file).hasSize(3 << 20);
    assertThat(Files.readAllBytes(file)).startsWith(FakeArchives.piece(0, 128 << 10));
  }

  @Test
  void saysWhyADownloadBrokeOff() {
    api.host().put("web1", "suspended");
    api.archives().setSize(3 << 20);
    api.archives().breakAt(1 << 20);
    signIn();

    page.getByTestId("vps-web1").getByTestId("export").click();

    assertThat(page.getByTestId("error-what")).hasText("Cannot export it.");
    assertThat(page.getByTestId("error-why")).hasText("The disk is full.");
  }

  @Test
  void uploadsAnArchiveAndResumesIt(@TempDir Path folder) throws IOException {
    Path file = archive(folder, 24);
    signIn();
    page.getByTestId("import").click();

    page.getByTestId("import-file").setInputFiles(file);
    page.getByTestId("import-name").fill("web2");
    page.getByTestId("import-resume").check();
    page.getByTestId("import-submit").click();

    assertThat(page.getByTestId("import-dialog")).hasCount(0);
    assertThat(page.getByTestId("vps-web2").getByTestId("state")).hasText("running");
    assertThat(api.archives().received()).isEqualTo(3 << 20);
    assertThat(api.archives().digest()).isEqualTo(FakeArchives.digestOf(3 << 20));
  }

  @Test
  void saysWhyAnArchiveIsRefused(@TempDir Path folder) throws IOException {
    api.host().put("web2", "running");
    signIn();
    page.getByTestId("import").click();

    page.getByTestId("import-file").setInputFiles(archive(folder, 1));
    page.getByTestId("import-name").fill("web2");
    page.getByTestId("import-submit").click();

    assertThat(page.getByTestId("import-error"))
        .hasText("Cannot import VPS 'web2'.There is one.Take another name.");
    assertThat(page.getByTestId("import-submit")).isEnabled();
  }

  @Test
  void catchesUpAfterABrokenConnection() {
    api.host().put("web1", "running");
    api.host().put("web2", "stopped");
    signIn();
    int streams = api.streams().opened();

    api.streams().cutAll();
    api.host().put("web3", "paused");
    api.host().vanish("web2");

    assertThat(page.getByTestId("vps-web3")).isVisible();
    assertThat(page.getByTestId("vps-web2")).hasCount(0);
    assertThat(page.getByTestId("link")).hasText("Live");
    assertThat(api.streams().opened()).isGreaterThan(streams);
  }

  @Test
  void showsWhatOthersDo() {
    signIn();
    assertThat(page.getByTestId("empty")).isVisible();

    api.host().put("web1", "stopped");

    assertThat(page.getByTestId("vps-web1").getByTestId("state")).hasText("stopped");
    assertThat(page.getByTestId("empty")).isHidden();
  }

  @Test
  void goesToTheSignInWhenTheTokenIsRevoked() {
    api.host().put("web1", "stopped");
    signIn();
    api.refuseNext(
        "POST",
        "/v1/vps/web1/start",
        new FakeError(401, "UNAUTHENTICATED", "refused", "the token is revoked", "Sign in."));

    page.getByTestId("vps-web1").getByTestId("start").click();

    assertThat(page.getByTestId("token")).isVisible();
    await().until(() -> api.streams().open() == 0);
  }

  @Test
  void isUsableByKeyboardAlone() {
    api.host().put("web1", "stopped");
    signIn();
    assertThat(page.getByTestId("create")).isFocused();

    page.keyboard().press("Tab");
    assertThat(page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Start web1")))
        .isFocused();
    page.keyboard().press("Enter");

    assertThat(page.getByTestId("vps-web1").getByTestId("state")).hasText("running");
  }

  /** Also writes the pictures for a person to look at. */
  @ParameterizedTest
  @CsvSource({"375,812,LIGHT", "375,812,DARK", "1400,900,LIGHT", "1400,900,DARK"})
  void fitsEveryWidth(int width, int height, ColorScheme colours) {
    api.host().put("web1", "running");
    api.host().put("a-name-of-thirty-two-characters1", "suspended");
    api.host().put("busy", "running");
    api.host().put("cache", "paused");
    api.host().put("lab-7", "stopped");
    api.host().hold("suspend");
    page = browser.open(api.url(), width, height, colours);
    picture("sign-in", width, colours);
    enter();
    page.getByTestId("vps-web1").getByTestId("suspend").click();
    assertThat(page.getByTestId("vps-web1").getByTestId("state")).hasText("suspending");
    api.host().progress(api.host().newest("suspend"), "saving memory", 40, 40L << 20, 100L << 20);
    api.refuseNext(
        "POST",
        "/v1/vps/lab-7/start",
        new FakeError(
            409,
            "ADDRESS_IN_USE",
            "cannot start VPS 'lab-7'",
            "VPS 'web1' has the address 10.77.0.2",
            "Give one of them another address."));
    page.getByTestId("vps-lab-7").getByTestId("start").click();
    assertThat(page.getByTestId("error")).isVisible();
    assertThat(page.getByTestId("vps-web1").getByTestId("phase")).containsText("40 %");

    picture("list", width, colours);
    assertThat(page.evaluate("document.documentElement.scrollWidth")).isEqualTo(width);
    page.getByTestId("error-dismiss").click();
    page.getByTestId("create").click();
    assertThat(page.getByTestId("create-name")).isFocused();
    picture("create", width, colours);
    assertThat(page.evaluate("document.querySelector('dialog').scrollWidth <= innerWidth"))
        .isEqualTo(true);
  }

  private void picture(String name, int width, ColorScheme colours) {
    page.screenshot(
        new Page.ScreenshotOptions()
            .setPath(Path.of("target/console", name + "-" + width + "-" + colours + ".png")));
  }

  private static Path archive(Path folder, int pieces) throws IOException {
    Path file = folder.resolve("web1.letargo");
    try (var out = Files.newOutputStream(file)) {
      for (int piece = 0; piece < pieces; piece++) {
        out.write(FakeArchives.piece(piece, 128 << 10));
      }
    }
    return file;
  }

  private void open() {
    page = browser.open(api.url(), 1400, 900, ColorScheme.LIGHT);
  }

  private void signIn() {
    open();
    enter();
  }

  private void enter() {
    page.getByTestId("token").fill(FakeApi.TOKEN);
    page.getByTestId("sign-in").click();
    assertThat(page.getByTestId("link")).hasText("Live");
  }
}
