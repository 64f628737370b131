package org.letargo.manager.peer;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.Done;
import org.letargo.hook.protocol.Migration;
import org.letargo.hook.protocol.MigrationId;
import org.letargo.hook.protocol.TemplateName;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.letargo.manager.json.ApiJson;
import org.letargo.manager.json.ErrorBody;
import org.letargo.manager.migration.ArrivalWish;
import org.letargo.manager.migration.Arrivals;
import org.letargo.manager.migration.CarriedSchedule;
import org.letargo.manager.operation.Upload;

/**
 * Answers peers about migrations, {@code ID} being 128 bits that only the two hosts know:
 *
 * <pre>
 * GET  /peer/v1/migrations/ID                   -> what this host knows, of either side
 * PUT  /peer/v1/migrations/ID/check   {ArrivalWish}
 * POST /peer/v1/migrations/ID/template/NAME   a template        -> how it ended
 * POST /peer/v1/migrations/ID/ahead           what a hook sends -> what ours answers, how it ended
 * POST /peer/v1/migrations/ID/arrive/NAME/WAS   what a hook sends -> what ours answers, how it ended
 * POST /peer/v1/migrations/ID/take/NAME                           -> how it ended
 * POST /peer/v1/migrations/ID/borrow/NAME       memory -> what our hook asks for, how it ended
 * POST /peer/v1/migrations/ID/remember/NAME     length, {Remembered}, what a hook sends -> likewise
 * PUT  /peer/v1/migrations/ID/drop    {name}
 * PUT  /peer/v1/migrations/ID/schedule {CarriedSchedule}
 * PUT  /peer/v1/migrations/ID/forget  {name}
 * </pre>
 */
final class MigrationDesk {
  /** What is said of a checkpoint is never longer. */
  private static final int MAX_HEAD_BYTES = 16 << 10;

  private final Arrivals arrivals;

  MigrationDesk(Arrivals arrivals) {
    this.arrivals = arrivals;
  }

  Object answer(PeerRequest request, Peer peer) throws IOException {
    List<String> parts =
        Arrays.asList(request.path().substring(PeerPaths.MIGRATIONS.length()).split("/", -1));
    MigrationId id = new MigrationId(parts.getFirst());
    String call = request.method() + " " + (parts.size() > 1 ? parts.get(1) : "");
    return switch (call) {
      case "GET " -> arrivals.find(id);
      case "PUT check" -> {
        arrivals.check(request.json(ArrivalWish.class));
        yield new Done();
      }
      case "PUT drop" -> {
        arrivals.drop(id, request.json(PeerHost.Named.class).name());
        yield new Done();
      }
      case "PUT schedule" -> {
        arrivals.schedule(id, request.json(CarriedSchedule.class), request.by());
        yield new Done();
      }
      case "PUT forget" -> {
        arrivals.forget(id, request.json(PeerHost.Named.class).name());
        yield new Done();
      }
      case "POST template" -> {
        TemplateName name = new TemplateName(part(parts, 2));
        yield streamed(request, (upload, _) -> arrivals.template(name, upload));
      }
      case "POST ahead" -> streamed(request, arrivals::ahead);
      case "POST arrive" -> arrive(request, peer, id, part(parts, 2), part(parts, 3));
      case "POST remember" -> remember(request, id, part(parts, 2));
      case "POST take" -> {
        StillHere still = new StillHere(request.stream());
        arrivals.take(id, new VpsName(part(parts, 2)), request.by(), still::ended);
        yield still.await();
      }
      case "POST borrow" -> borrow(request, id, part(parts, 2));
      default -> throw nothing(request);
    };
  }

  /** Takes what a peer sends, in the thread of its request. */
  private interface Taking {
    void run(Upload upload, Upload.Answers answers);
  }

  private static PeerStream streamed(PeerRequest request, Taking taking) {
    PeerStream answer = request.stream();
    try {
      taking.run(new Upload(request.body()), bytes -> answer.write(PeerFrames.bytes(bytes)));
      answer.end(PeerFrames.done());
    } catch (VpsException e) {
      answer.end(PeerFrames.failed(ErrorBody.of(e)));
    }
    return answer;
  }

  private PeerStream arrive(
      PeerRequest request, Peer peer, MigrationId id, String name, String was) {
    PeerStream answer = request.stream();
    StillHere still = new StillHere(answer);
    arrivals.arrive(
        id,
        new VpsName(name),
        PeerHosts.identity(peer),
        was(was),
        request.by(),
        new Upload(request.body()),
        PeerDesk.sender(answer, still));
    return still.await();
  }

  private PeerStream borrow(PeerRequest request, MigrationId id, String name) {
    PeerStream answer = request.stream();
    StillHere still = new StillHere(answer);
    arrivals.borrow(
        id,
        new VpsName(name),
        request.by(),
        new Upload(request.body()),
        PeerDesk.sender(answer, still));
    return still.await();
  }

  private PeerStream remember(PeerRequest request, MigrationId id, String name) throws IOException {
    ByteBuffer length = ByteBuffer.wrap(exactly(request, Integer.BYTES));
    int bytes = length.getInt();
    if (bytes < 1 || bytes > MAX_HEAD_BYTES) {
      throw VpsException.invalid(
          "a checkpoint of VPS " + VpsException.quoted(name),
          "what is said of it claims " + Integer.toUnsignedString(bytes) + " bytes",
          "Let both hosts run the same Letargo.");
    }
    String head = new String(exactly(request, bytes), StandardCharsets.UTF_8);
    Arrivals.Remembered past = ApiJson.read(head, Arrivals.Remembered.class);
    PeerStream answer = request.stream();
    StillHere still = new StillHere(answer);
    arrivals.remember(
        id,
        new VpsName(name),
        past,
        request.by(),
        new Upload(request.body()),
        PeerDesk.sender(answer, still));
    return still.await();
  }

  private static byte[] exactly(PeerRequest request, int length) throws IOException {
    byte[] bytes = request.body().readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("the peer has gone");
    }
    return bytes;
  }

  private static Migration.Was was(String word) {
    return Arrays.stream(Migration.Was.values())
        .filter(each -> each.name().toLowerCase(Locale.ROOT).equals(word))
        .findFirst()
        .orElseThrow(() ->
            VpsException.invalid(
                "state " + VpsException.quoted(word), "no VPS is so", "Look at that host."));
  }

  private static String part(List<String> parts, int index) {
    return parts.size() > index ? parts.get(index) : "";
  }

  private static VpsException nothing(PeerRequest request) {
    return new VpsException(
        Code.NOT_FOUND,
        "there is nothing at " + VpsException.quoted(request.path()),
        "this Letargo does not have it",
        "Let both hosts run the same Letargo.");
  }
}
