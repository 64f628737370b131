package org.letargo.archive;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestTest {
  private static final Manifest SAMPLE =
      new Manifest(
          1,
          Samples.DESCRIPTION,
          List.of(
              new ManifestFile("checkpoint/pages-1.img", 12345, "0".repeat(64)),
              new ManifestFile("config.dump", 0, "f".repeat(64))));

  @Test
  void survivesItsJson() {
    assertThat(Manifest.parse(SAMPLE.toJson())).isEqualTo(SAMPLE);
    assertThat(Manifest.parse(SAMPLE.toJson()).toJson()).isEqualTo(SAMPLE.toJson());
    assertThat(SAMPLE.totalBytes()).isEqualTo(12345);
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"web1\"|\"../web1\"|field 'vps.name' of the manifest is refused",
        "\"web1\"|\"web1\\n\"|field 'vps.name' of the manifest is refused",
        "\"debian-12\"|\"a..b\"|field 'vps.template' of the manifest is refused",
        "sha256:ab|sha256:AB|field 'vps.templateDigest' of the manifest is refused",
        "10.77.0.5|10.77.0.256|field 'vps.address' of the manifest is refused",
        "02:00:0a|03:00:0a|field 'vps.mac' of the manifest is refused",
        "536870912|1024|field 'vps.memoryBytes' of the manifest is refused",
        "536870912|\"536870912\"|the manifest is refused: it is not valid JSON of this format",
        "536870912|536870912.5|the manifest is refused: it is not valid JSON of this format",
        "536870912|null|the manifest is refused: it is not valid JSON of this format",
        "\"hostPort\" : 8080|\"hostPort\" : 0|field 'vps.publishedPorts.hostPort' of the manifest",
        "\"TCP\"|\"SCTP\"|the manifest is refused: it is not valid JSON of this format",
        "\"avx2\"|\"avx2 \\u001b[31m\"|field 'host.cpuFeatures' of the manifest is refused",
        "20260131-235959|20260131_235959|field 'checkpoint.id' of the manifest is refused",
        "2026-01-31T|0026-01-31T|field 'checkpoint.takenAt' of the manifest is refused",
        ": 12345,|: -1,|field 'sizeBytes of checkpoint/pages-1.img' of the manifest is refused",
        ": 12345,|: 4611686018427387904,|field 'sizeBytes of checkpoint/pages-1.img' of the manifest",
        ": 12345,|: 99999999999999999999,|the manifest is refused: it is not valid JSON of this format",
        "ffffffffff\"|fffffffffg\"|field 'sha256 of config.dump' of the manifest is refused",
        "\"formatVersion\" : 1|\"formatVersion\" : 2|format version 2 cannot be read",
        "\"formatVersion\"|\"extra\" : 1, \"formatVersion\"|the manifest is refused",
        "\"formatVersion\"|\"formatVersion\" : 1, \"formatVersion\"|the manifest is refused",
        "\"hostname\"|\"hostnames\"|the manifest is refused: it is not valid JSON of this format",
      })
  void refusesOtherValues(String value, String hostile, String message) {
    String json = new String(SAMPLE.toJson(), UTF_8);
    String changed =
        json.replaceFirst(
            java.util.regex.Pattern.quote(value),
            java.util.regex.Matcher.quoteReplacement(hostile));
    assertThat(changed).isNotEqualTo(json);

    assertThatThrownBy(() -> Manifest.parse(changed.getBytes(UTF_8)))
        .isInstanceOf(ArchiveException.class)
        .hasMessageStartingWith(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../etc/passwd",
        "/etc/passwd",
        "checkpoint/../x",
        "checkpoint/..",
        "checkpoint/.",
        "checkpoint/",
        "checkpoint/a/b",
        "checkpoint/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "checkpoint//a",
        "checkpoint/a\u0000b",
        "checkpoint/a b",
        "checkpoint/a\n",
        "manifest.json",
        "manifest.json.tmp",
        "config.dump\n",
        ""
      })
  void refusesPathsOfNoCheckpoint(String path) {
    assertThatThrownBy(() -> new ManifestFile(path, 1, "0".repeat(64)))
        .isInstanceOf(ArchiveException.class)
        .hasMessageContaining("no checkpoint has a file of that name");
  }

  @Test
  void refusesFilesOutOfOrder() {
    var files = List.of(SAMPLE.files().get(1), SAMPLE.files().get(0));

    assertThatThrownBy(() -> new Manifest(1, Samples.DESCRIPTION, files))
        .isInstanceOf(ArchiveException.class)
        .hasMessageContaining("the list is not sorted by path");
  }

  @Test
  void refusesMoreValuesThanItCouldEverNeed() {
    String json = new String(SAMPLE.toJson(), UTF_8);
    String many = json.replace("\"fpu\"", "\"fpu\"" + ",\"x\"".repeat(1_000_000));

    assertThatThrownBy(() -> Manifest.parse(many.getBytes(UTF_8)))
        .isInstanceOf(ArchiveException.class)
        .hasMessageStartingWith("the manifest is refused");
  }

  @Test
  void refusesTextBehindTheEnd() {
    String json = new String(SAMPLE.toJson(), UTF_8) + "{}";

    assertThatThrownBy(() -> Manifest.parse(json.getBytes(UTF_8)))
        .isInstanceOf(ArchiveException.class)
        .hasMessageStartingWith("the manifest is refused");
  }
}
