package org.letargo.integration.harness;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * A VPS that moves between two hosts while something goes wrong, and what must be true of it
 * whatever that is: one host has it, both agree, its memory is whole, and a client counts on with
 * the connection that it has had from the first migration on. The process table says that it never
 * runs twice, and not Letargo. One thread.
 */
public final class Traveller implements AutoCloseable {
  /** As long as anything may take. */
  public static final Duration LONGEST = Duration.ofSeconds(90);

  /** What it is called. */
  public static final String NAME = "web1";

  private static final int PORT = 7000;
  private static final int HEART_MEBIBYTES = 24; // so much that its memory comes late

  private final PeerGroup hosts = PeerGroup.of(2);
  private final OnlyOne one;
  private Heart heart;
  private TallyClient client;
  private int injected;
  private int kept;

  /** Running at the first of two hosts, with a client that counts. */
  public Traveller() {
    Vps web = hosts.get(0).createAndStart(NAME, "tiny");
    heart = Heart.start(web, HEART_MEBIBYTES);
    String token = "token-" + Chance.port();
    web.daemon("tally", web.installPayload("tally") + " " + PORT + " " + token);
    client = new TallyClient(hosts.segment(), web.address(), PORT);
    one = new OnlyOne(token);
    client.expectToGoOn();
  }

  /** One of the two. */
  public enum Side {
    SOURCE,
    TARGET;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Where it is, and where it is to go. */
  public record Way(Instance from, Instance to) {
    public Instance at(Side side) {
      return side == Side.SOURCE ? from : to;
    }
  }

  /** From where it is to the other one. */
  public Way way() {
    boolean isHere = !hosts.get(0).api().vpsNames().isEmpty();
    return isHere ? new Way(hosts.get(0), hosts.get(1)) : new Way(hosts.get(1), hosts.get(0));
  }

  /** Starts a hook again that fails at these points. */
  public void arm(Instance instance, String fault) {
    instance.hook().stop();
    startHook(instance, fault);
  }

  /** Starts one that has died. */
  public void startHook(Instance instance, String fault) {
    instance.startHook(fault);
    Awaitility.await("the manager sees the hook")
        .atMost(LONGEST)
        .until(() -> instance.api().send("GET", "/health", Map.of()).statusCode() == 200);
  }

  /** Begins to move it; a fault comes. */
  public Operation migrate(Way way) {
    injected++;
    return way.from()
        .api()
        .begin("POST", "/v1/vps/" + NAME + "/migrate", Map.of("peer", hosts.name(way.to())));
  }

  /**
   * Nobody is connected for a while: the VPS will be suspended again in what it was resumed from,
   * and a connection would have gone further.
   */
  public void disconnect() {
    client.close();
  }

  /** Another client, of a VPS that is what it was when it left. */
  public void connectAgain(Way way, Operation begun, Side at) {
    way.from().api().await(begun, LONGEST);
    Vps web = way.at(at).vps(NAME);
    Awaitility.await("it is there")
        .atMost(LONGEST)
        .until(() -> holders(way).contains(way.at(at)) && isSettled(web));
    if (web.state().equals("suspended")) {
      web.resume(); // its hook died while its memory came
    }
    client = new TallyClient(hosts.segment(), web.address(), PORT);
    heart = heart.in(web);
    heart.expectWhole();
  }

  /** Who has it depends on who was quicker; that they agree does not. */
  public void expectSettledSomewhere(Way way, Operation begun) {
    way.from().api().await(begun, LONGEST);
    Awaitility.await("one has it")
        .atMost(LONGEST)
        .until(() -> holders(way).size() == 1 && isSettled(holders(way).getFirst().vps(NAME)));
    expectSettled(way, begun, holders(way).getFirst() == way.from() ? Side.SOURCE : Side.TARGET);
  }

  /** Both say the same, it runs, and nothing was lost or counted twice. */
  public void expectSettled(Way way, Operation begun, Side at) {
    way.from().api().await(begun, LONGEST);
    Instance has = way.at(at);
    Instance hasNot = way.at(at == Side.SOURCE ? Side.TARGET : Side.SOURCE);
    Vps web = has.vps(NAME);
    try {
      Awaitility.await("both agree")
          .atMost(LONGEST)
          .until(() ->
              hasNot.api().vpsNames().isEmpty()
                  && holders(way).equals(List.of(has))
                  && isSettled(web));
      if (!web.state().equals("running")) {
        throw new AssertionError("it is " + web.state());
      }
      client.expectToGoOn();
      heart = heart.in(web);
      heart.expectAlive();
      one.requireNeverTwo();
      kept++;
    } catch (AssertionError | RuntimeException e) {
      System.out.println(hosts.logs());
      throw e;
    }
  }

  /** Those that say that it is simply theirs; in one look at each, as it may go between two. */
  private static List<Instance> holders(Way way) {
    return Stream.of(way.from(), way.to()).filter(Traveller::hasIt).toList();
  }

  private static boolean hasIt(Instance instance) {
    for (JsonNode vps : instance.api().get("/v1/vps").path("vps")) {
      if (vps.path("name").asText().equals(NAME)) {
        return vps.path("migration").isMissingNode();
      }
    }
    return false;
  }

  private static boolean isSettled(Vps vps) {
    return vps.view().path("operation").isMissingNode()
        && List.of("running", "suspended").contains(vps.state());
  }

  /** Starts what a test has left dead. */
  public void heal() {
    for (Instance instance : hosts.all()) {
      if (!instance.hook().isAlive()) {
        instance.startHook("");
      }
      if (!instance.manager().isAlive()) {
        instance.startManager();
      }
    }
  }

  /** What has come of it all, in one line. */
  public String report() {
    return "%d injected faults, %d lost, 0 doubled; %d steps on the last connection, %d looks at the process table"
        .formatted(injected, injected - kept, client.counted(), one.requireNeverTwo());
  }

  @Override
  public void close() {
    try (PeerGroup _ = hosts;
        OnlyOne _ = one;
        TallyClient _ = client) {
      client.requireNoFailure();
    }
  }
}
