package org.letargo.archive.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.fail;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.letargo.archive.ArchiveException;
import org.letargo.archive.ArchiveLimits;
import org.letargo.archive.CheckpointLayout;
import org.letargo.archive.FrameOutputStream;
import org.letargo.archive.Samples;
import org.letargo.archive.TarHeaders;
import org.letargo.archive.checkpoint.CheckpointFile;
import org.letargo.archive.checkpoint.CheckpointManifest;
import org.letargo.archive.checkpoint.CheckpointStore;
import org.letargo.archive.checkpoint.CheckpointWriter;
import org.letargo.archive.checkpoint.Checkpoints;
import org.letargo.archive.store.ChunkId;
import org.letargo.archive.store.testing.MemoryChunkStore;

/** Archives that lie. Each is refused with its own sentence, and nothing is left of it. */
class HostileArchiveFileTest {
  private static final ArchiveLimits PLENTY = new ArchiveLimits(1L << 40, 1L << 40);
  private static final byte[] CONTENT = "0123456789".getBytes(UTF_8);

  @TempDir Path scratch;
  private final MemoryChunkStore chunks = new MemoryChunkStore();
  private CheckpointStore target;

  @BeforeEach
  void open() throws IOException {
    target = CheckpointStore.open(chunks, scratch.resolve("target"));
  }

  @AfterEach
  void nothingIsLeft() throws IOException {
    chunks.checkNoOpenWriters();
    assertThat(scratch.resolve("target")).isEmptyDirectory();
    target.collect();
    assertThat(chunks.size()).isZero();
  }

  @Test
  void refusesAnArchiveCutShortAnywhere() throws IOException {
    byte[] archive = trueArchive();
    var random = new Random(50);
    var lengths = new TreeSet<>(List.of(0, 1, 5, 100, archive.length - 1, archive.length - 9));
    while (lengths.size() < 40) {
      lengths.add(random.nextInt(archive.length));
    }

    for (int length : lengths) {
      assertThat(refusal(Arrays.copyOf(archive, length)))
          .hasMessage(
              "the archive is incomplete: it ends after %d bytes. Use another copy, or take a new"
                  + " checkpoint.",
              length);
    }
  }

  @Test
  void refusesEveryFlippedBit() throws IOException {
    byte[] archive = trueArchive();
    var random = new Random(200);
    var bits = new TreeSet<Integer>();
    for (int i = 0; i < 64 * 8; i += 7) {
      bits.add(i); // the first frame's head
      bits.add((archive.length - 64) * 8 + i); // trailer and table
    }
    while (bits.size() < 300) {
      bits.add(random.nextInt(archive.length * 8));
    }

    for (int bit : bits) {
      byte[] flipped = archive.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);

      assertThat(refusal(flipped).kind())
          .as("bit %d", bit)
          .isNotEqualTo(ArchiveException.Kind.TOO_LARGE);
    }
  }

  /** A lie about one entry: what it does to the tar entry, and how it is refused. */
  static Stream<Arguments> entries() {
    return Stream.of(
        lie("..", e -> e.setName("../../../etc/cron.d/x"), "its name leads out of the archive"),
        lie("absolute", e -> e.setName("/etc/passwd"), "its name is absolute"),
        lie(
            "unlisted",
            e -> e.setName("authorized_keys"),
            "the manifest has 'config.dump' at this"),
        lie("too long", e -> e.setSize(1 << 20), "it claims 1048576 bytes instead of 10"),
        lie("setuid", e -> e.setMode(0104755), "its tar header is not the one that the manifest"),
        lie("owner", e -> e.setUserId(1000), "its tar header is not the one that the manifest"),
        link("symlink", TarConstants.LF_SYMLINK, "it is a link to '/etc/shadow'"),
        link("hard link", TarConstants.LF_LINK, "it is a link to '/etc/shadow'"),
        link("device", TarConstants.LF_CHR, "it is a device or a pipe"));
  }

  private static Arguments lie(String kind, Consumer<TarArchiveEntry> change, String why) {
    var entry = new TarArchiveEntry("config.dump", true);
    entry.setSize(CONTENT.length);
    change.accept(entry);
    return Arguments.of(kind, entry, why);
  }

  private static Arguments link(String kind, byte type, String why) {
    var entry = new TarArchiveEntry("config.dump", type, true);
    entry.setLinkName("/etc/shadow");
    return Arguments.of(kind, entry, why);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("entries")
  void refusesEntriesThatTheManifestDoesNotGive(String kind, TarArchiveEntry entry, String why)
      throws IOException {
    var header = new ByteArrayOutputStream();
    @SuppressWarnings("resource")
    var tar = new TarArchiveOutputStream(header);
    tar.putArchiveEntry(entry);
    var lying = new Parts(literal(CONTENT), CONTENT);
    lying.header = header.toByteArray();

    assertThat(refusal(lying.archive())).hasMessageContaining(" of the archive is refused: " + why);
  }

  /** A lie about the recipe: the node, what the manifest says, and how it is refused. */
  static Stream<Arguments> recipes() {
    byte[] zeros = {0, 10 << 2 | 2};
    byte[] wrongChunk = new byte[34];
    wrongChunk[1] = 10 << 2 | 1;
    return Stream.of(
        Arguments.of("literal", literal("0123456780".getBytes(UTF_8)), "is not what stands in the"),
        Arguments.of("zeros", zeros, "there is something where the recipe has zeros"),
        Arguments.of("chunk", wrongChunk, "a chunk does not have the SHA-256 of the recipe"),
        Arguments.of("short", literal(new byte[9]), "it gives 9 bytes instead of 10"),
        Arguments.of("long", literal(new byte[11]), "it gives 11 bytes instead of 10"),
        Arguments.of("no node", new byte[] {9}, "a node claims level 9"),
        Arguments.of("child", new byte[] {1, 10, 1, 2, 3, 4}, "a node ends inside an item"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("recipes")
  void refusesRecipesThatAreNotTrue(String kind, byte[] node, String why) throws IOException {
    assertThat(refusal(new Parts(node, CONTENT).archive())).hasMessageContaining(why);
  }

  @Test
  void refusesANodeThatIsNotTheOneNamed() throws IOException {
    var lying = new Parts(literal(CONTENT), CONTENT);
    lying.root = ChunkId.of(new byte[32]);

    assertThat(refusal(lying.archive()))
        .hasMessageStartingWith("the archive is damaged at the recipe of 'config.dump': a node")
        .hasMessageContaining("does not have the SHA-256 that names it");
  }

  @Test
  void refusesNodesWhoseLengthsDoNotAddUp() throws IOException {
    var longer = new Parts(literal(CONTENT), CONTENT);
    longer.framed = Arrays.copyOf(longer.framed, longer.framed.length + 1);
    var shorter = new Parts(literal(CONTENT), CONTENT);
    shorter.framed = Arrays.copyOf(shorter.framed, shorter.framed.length - 1);
    var huge = new Parts(literal(CONTENT), CONTENT);
    huge.framed[2] = 1; // 65,536 more
    var negative = new Parts(literal(CONTENT), CONTENT);
    negative.framed[3] = -1;

    assertThat(refusal(longer.archive()))
        .hasMessageContaining("there is more of it than its nodes");
    assertThat(refusal(shorter.archive())).hasMessageContaining("it ends inside a node");
    assertThat(refusal(huge.archive())).hasMessageContaining("a node claims 65548 bytes");
    assertThat(refusal(negative.archive())).hasMessageContaining("a node claims 42781");
  }

  /** A tower whose every level claims the whole content: the levels end it. */
  @Test
  void refusesATreeThatIsDeeperThanItSays() throws IOException {
    byte[] leaf = literal(CONTENT);
    byte[] child = child(3, leaf); // says level 3 above level 0

    var lying = new Parts(child, CONTENT);
    lying.framed = concat(framed(child), framed(leaf));

    assertThat(refusal(lying.archive())).hasMessageContaining("a node has another level");
  }

  @Test
  void refusesAMoreOrLessOfTarThanTheManifestGives() throws IOException {
    var lying = new Parts(literal(CONTENT), CONTENT);
    lying.more = new byte[512];

    assertThat(refusal(lying.archive())).hasMessageContaining("bytes of content, and 3072 belong");
  }

  @Test
  void refusesSomethingBehindAFile() throws IOException {
    var lying = new Parts(literal(CONTENT), CONTENT);
    lying.padding = (byte) 1;

    assertThat(refusal(lying.archive()))
        .hasMessageContaining("there is something behind 'config.dump'");
  }

  @Test
  void refusesWhatFollowsTheEnd() throws IOException {
    byte[] archive = trueArchive();

    assertThat(refusal(Arrays.copyOf(archive, archive.length + 1)))
        .hasMessageContaining("something follows the end of the archive");
  }

  @Test
  void refusesValuesOfTheManifestThatNothingHas() throws IOException {
    String json = new String(new Parts(literal(CONTENT), CONTENT).manifest().toJson(), UTF_8);
    Map<String, String> lies =
        Map.of(
            "\"sizeBytes\" : 10", "\"sizeBytes\" : " + (1L << 62),
            "\"recipeBytes\" : 16", "\"recipeBytes\" : 4",
            "\"path\" : \"config.dump\"", "\"path\" : \"../config.dump\"",
            "\"formatVersion\" : 2", "\"formatVersion\" : 3",
            "\"root\" : \"", "\"root\" : \"x");

    lies.forEach((part, lie) -> {
      assertThat(json).contains(part);
      try {
        ArchiveException refusal = refusal(archive(json.replace(part, lie).getBytes(UTF_8)));
        assertThat(refusal.kind())
            .isIn(ArchiveException.Kind.REFUSED, ArchiveException.Kind.UNSUPPORTED);
      } catch (IOException e) {
        fail(e);
      }
    });
  }

  @Test
  void refusesWhatDoesNotFitBeforeWritingAnything() throws IOException {
    byte[] archive = trueArchive();

    assertThatThrownBy(() -> read(archive, new ArchiveLimits(1000, 1L << 40)))
        .isInstanceOf(ArchiveException.class)
        .hasMessageContaining("the archive is too large: its files have ");
    assertThatThrownBy(() -> read(archive, new ArchiveLimits(1L << 40, 1000)))
        .isInstanceOf(ArchiveException.class)
        .hasMessageContaining("the archive does not fit on the disk: it needs ");
    assertThat(chunks.size()).isZero();
  }

  @Test
  void refusesAZipBombByItsClaim() throws IOException {
    var out = new ByteArrayOutputStream();
    try (var frames = new FrameOutputStream(out, 1)) {
      frames.writeFirst(entry(new Parts(literal(CONTENT), CONTENT).manifest().toJson()));
    }
    byte[] bomb = Zstd.compress(new byte[64 << 20]); // 6 KiB
    bomb[4] |= 4; // says that it has a checksum
    out.writeBytes(bomb);

    assertThat(refusal(out.toByteArray()))
        .hasMessageContaining("the frame claims 67108864 bytes of content, and 3072 belong here");
  }

  @Test
  void refusesOtherFilesAndOlderArchives() throws IOException {
    assertThat(refusal("PK\3\4 not an archive".getBytes(UTF_8)).kind())
        .isEqualTo(ArchiveException.Kind.UNSUPPORTED);
    try (var golden = CheckpointLayout.class.getResourceAsStream("version-1.letargo")) {
      assertThat(refusal(golden.readAllBytes()))
          .hasMessage(
              "format version 1 cannot be read: this Letargo knows version 2. Use the Letargo that"
                  + " wrote it.");
    }
  }

  @Test
  void leavesNothingWhenTheCallerCancels() throws IOException {
    byte[] archive = trueArchive();

    assertThatThrownBy(
            () -> {
              try (var reader = ArchiveFileReader.open(new ByteArrayInputStream(archive));
                  CheckpointWriter writer = target.begin()) {
                reader.readInto(
                    writer,
                    PLENTY,
                    (done, total) -> {
                      if (done > total / 2) {
                        throw new IllegalStateException("cancelled");
                      }
                    });
              }
            })
        .hasMessage("cancelled");
  }

  @Test
  void leavesNothingWhenTheStoreIsFull() throws IOException {
    byte[] archive = trueArchive();
    chunks.refusePuts("the store is full");

    assertThatThrownBy(() -> read(archive, PLENTY)).hasMessageContaining("the store is full");
  }

  /** An archive of one file, config.dump, any part of which can be a lie. */
  private static final class Parts {
    private final byte[] content;
    private ChunkId root;
    private byte[] framed;
    private byte[] header;
    private byte padding;
    private byte[] more = new byte[0];

    Parts(byte[] node, byte[] content) {
      this.content = content;
      this.root = PlainRecipes.sha256(ByteBuffer.wrap(node));
      this.framed = framed(node);
      this.header = TarHeaders.header("config.dump", content.length, Samples.DESCRIPTION.takenAt());
    }

    CheckpointManifest manifest() {
      return new CheckpointManifest(
          CheckpointManifest.FORMAT_VERSION,
          Samples.DESCRIPTION,
          List.of(
              new CheckpointFile("config.dump", content.length, root.toString(), framed.length)));
    }

    byte[] archive() throws IOException {
      CheckpointManifest manifest = manifest();
      byte[] padded = padded(content);
      padded[padded.length - 1] = padding;
      return HostileArchiveFileTest.archive(
          manifest.toJson(),
          ArchiveLayout.recipesHeader(manifest),
          padded(framed),
          header,
          padded,
          new byte[TarHeaders.END_BYTES],
          more);
    }
  }

  private static byte[] literal(byte[] content) {
    byte[] node = new byte[2 + content.length];
    node[1] = (byte) (content.length << 2 | 3);
    System.arraycopy(content, 0, node, 2, content.length);
    return node;
  }

  private static byte[] child(int level, byte[] leaf) {
    return ByteBuffer.allocate(2 + ChunkId.BYTES)
        .put((byte) level)
        .put((byte) CONTENT.length)
        .put(PlainRecipes.sha256(ByteBuffer.wrap(leaf)).bytes())
        .array();
  }

  private static byte[] framed(byte[] node) {
    return ByteBuffer.allocate(4 + node.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(node.length)
        .put(node)
        .array();
  }

  private static byte[] padded(byte[] content) {
    return Arrays.copyOf(content, content.length + TarHeaders.paddingBytes(content.length));
  }

  private static byte[] concat(byte[]... parts) {
    var all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  /** A whole archive around any manifest and any tar. */
  static byte[] archive(byte[] manifest, byte[]... tarBehindManifest) throws IOException {
    var out = new ByteArrayOutputStream();
    try (var frames = new FrameOutputStream(out, 1)) {
      frames.writeFirst(entry(manifest));
      frames.write(concat(tarBehindManifest));
      frames.finish();
    }
    return out.toByteArray();
  }

  private static byte[] entry(byte[] manifest) {
    byte[] header =
        TarHeaders.header(
            CheckpointLayout.MANIFEST, manifest.length, Samples.DESCRIPTION.takenAt());
    return concat(header, padded(manifest));
  }

  private byte[] trueArchive() throws IOException {
    CheckpointStore source =
        CheckpointStore.open(new MemoryChunkStore(), scratch.resolve("source"));
    Checkpoints.write(source, Checkpoints.id(1), Checkpoints.contents(11));
    return ArchiveFileRoundTripTest.archive(source, 2);
  }

  /** The refusal of an archive, after which nothing is left of it. */
  private ArchiveException refusal(byte[] archive) throws IOException {
    try {
      read(archive, PLENTY);
      return fail("the archive was accepted");
    } catch (ArchiveException e) {
      assertThat(scratch.resolve("target")).isEmptyDirectory();
      return e;
    }
  }

  private void read(byte[] archive, ArchiveLimits limits) throws IOException {
    ArchiveFileRoundTripTest.read(new ByteArrayInputStream(archive), target, limits);
  }
}
