package org.letargo.integration;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.LocatorAssertions.HasTextOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.letargo.integration.harness.Fixture;
import org.letargo.integration.harness.Instance;

/** The life of a VPS by mouse: the real page in a real browser, and a real VPS behind it. */
class ConsolePageIT {
  private static final HasTextOptions PATIENTLY = new HasTextOptions().setTimeout(60_000);

  @RegisterExtension static final Fixture letargo = Fixture.instance();

  @TempDir Path folder;

  @Test
  void createsSuspendsResumesExportsDestroysAndImportsAVps() {
    Instance instance = letargo.get();
    instance.createAndStart("first", "tiny"); // which builds the template
    List<String> complaints = new ArrayList<>();
    try (Playwright playwright =
            Playwright.create(
                new Playwright.CreateOptions()
                    .setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        Browser browser = playwright.chromium().launch(chromium())) {
      Page page = browser.newPage();
      page.onPageError(complaints::add);
      page.navigate(instance.uri().toString());
      page.getByTestId("token").fill(instance.adminToken());
      page.getByTestId("sign-in").click();
      assertThat(page.getByTestId("link")).hasText("Live");
      assertThat(page.getByTestId("vps-first").getByTestId("state")).hasText("running");

      page.getByTestId("create").click();
      page.getByTestId("create-name").fill("web1");
      page.getByTestId("create-template").selectOption("tiny");
      page.getByTestId("create-submit").click();
      Locator web1 = page.getByTestId("vps-web1");
      assertThat(web1.getByTestId("state")).hasText("running", PATIENTLY);
      instance.vps("web1").sh("echo carried > /root/note");

      web1.getByTestId("suspend").click();
      assertThat(web1.getByTestId("state")).hasText("suspended", PATIENTLY);
      web1.getByTestId("resume").click();
      assertThat(web1.getByTestId("state")).hasText("running", PATIENTLY);
      web1.getByTestId("suspend").click();
      assertThat(web1.getByTestId("state")).hasText("suspended", PATIENTLY);

      Download download = page.waitForDownload(() -> web1.getByTestId("export").click());
      Path archive = folder.resolve("web1.letargo");
      download.saveAs(archive);
      web1.getByTestId("destroy").click();
      page.getByTestId("destroy-name").fill("web1");
      page.getByTestId("destroy-confirm").click();
      assertThat(web1).hasCount(0);

      page.getByTestId("import").click();
      page.getByTestId("import-file").setInputFiles(archive);
      page.getByTestId("import-submit").click();
      assertThat(web1.getByTestId("state")).hasText("suspended", PATIENTLY);
      web1.getByTestId("resume").click();
      assertThat(web1.getByTestId("state")).hasText("running", PATIENTLY);
    }
    assertThat(instance.vps("web1").sh("cat /root/note")).isEqualTo("carried");
    assertThat(complaints).isEmpty();
  }

  private static BrowserType.LaunchOptions chromium() {
    return new BrowserType.LaunchOptions()
        .setExecutablePath(Path.of("/usr/bin/chromium"))
        .setChromiumSandbox(false) // Chromium's own does not work as root
        .setArgs(
            List.of(
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync"));
  }
}
