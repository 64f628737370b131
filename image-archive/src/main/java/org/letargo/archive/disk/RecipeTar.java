package org.letargo.archive.disk;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.function.Predicate;
import org.letargo.archive.checkpoint.FileWriter;

/** The tar as a recipe: headers stand in it, the content of members is chunks. */
final class RecipeTar implements TarSink {
  private static final int END_BYTES = 2 * TarBlocks.BLOCK;

  private final FileWriter out;
  private final MemberContents contents;
  private final FileKeeper keeper;
  private final Predicate<FileStatus> mayBeKnown;
  private final Predicate<FileStatus> mayBeKept;

  RecipeTar(
      FileWriter out,
      MemberContents contents,
      FileKeeper keeper,
      Predicate<FileStatus> mayBeKnown,
      Predicate<FileStatus> mayBeKept) {
    this.out = out;
    this.contents = contents;
    this.keeper = keeper;
    this.mayBeKnown = mayBeKnown;
    this.mayBeKept = mayBeKept;
  }

  @Override
  public void write(byte[] bytes) throws IOException {
    out.literal(bytes);
  }

  @Override
  public void content(Path file, String path, FileStatus status, SparseMap data)
      throws IOException {
    if (!contents.put(new Member(file), status, data, mayBeKnown, mayBeKept)) {
      throw TreeTarWriter.becameShorter(path);
    }
  }

  private final class Member implements MemberContents.Opener {
    private final Path file;

    Member(Path file) {
      this.file = file;
    }

    @Override
    public FileChannel open() throws IOException {
      return FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    }

    @Override
    public Optional<MemberContents.Opener> kept() throws IOException {
      return keeper.keep(file).map(Member::new);
    }
  }

  @Override
  public void pad(long contentBytes) {
    out.zeros(TarBlocks.paddingBytes(contentBytes));
  }

  @Override
  public void finish() {
    out.zeros(END_BYTES);
  }
}
