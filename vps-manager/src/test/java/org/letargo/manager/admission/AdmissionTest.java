package org.letargo.manager.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.letargo.hook.protocol.ArrivalReport.PortInUse;
import org.letargo.hook.protocol.Obstacle;
import org.letargo.hook.protocol.ObstacleKind;
import org.letargo.hook.protocol.PublishedPort;
import org.letargo.hook.protocol.TemplateName;
import org.letargo.hook.protocol.VpsName;
import org.letargo.manager.admission.Verdict.Level;
import org.letargo.manager.admission.Verdict.Topic;

/** The table of what two hosts must agree in. */
class AdmissionTest {
  private final Travels travel = new Travels();

  private Verdict verdict(Topic topic) {
    List<Verdict> found =
        Admission.judge(travel.make()).stream().filter(one -> one.topic() == topic).toList();
    assertThat(found).hasSize(1);
    return found.getFirst();
  }

  private void expect(Topic topic, Level level, String... words) {
    Verdict verdict = verdict(topic);
    assertThat(verdict.level()).as(verdict.toString()).isEqualTo(level);
    assertThat(List.of(words)).allSatisfy(word -> assertThat(verdict.finding()).contains(word));
    assertThat(verdict.remedy().isEmpty() || verdict.remedy().endsWith("."))
        .as(verdict.remedy())
        .isTrue();
    if (level == Level.REFUSED) {
      assertThat(verdict.remedy()).isNotEmpty();
    }
  }

  @Test
  void admitsAVpsToAHostThatIsAsThisOneIs() {
    List<Verdict> verdicts = Admission.judge(travel.make());

    assertThat(verdicts).extracting(Verdict::topic).containsExactly(Topic.values());
    assertThat(verdicts).allMatch(verdict -> verdict.level() == Level.FINE);
    assertThat(verdicts).allMatch(verdict -> verdict.remedy().isEmpty());
  }

  @Test
  void refusesAnotherProtocol() {
    travel.protocol = 2;
    expect(Topic.PROTOCOL, Level.REFUSED, "by version 2", "this host by 1");
    travel.protocol = 0;
    expect(Topic.PROTOCOL, Level.REFUSED);
  }

  @Test
  void refusesWhatCannotBeSuspended() {
    travel.obstacles =
        List.of(
            Obstacle.of(ObstacleKind.WALL_CLOCK, Optional.empty(), Optional.empty()),
            Obstacle.of(ObstacleKind.WALL_CLOCK, Optional.empty(), Optional.empty()));
    expect(Topic.STATE, Level.REFUSED, "it cannot be suspended: ", "; and 1 more");
  }

  @Test
  void refusesWhatOnlyOneCanHave() {
    travel.nameFree = false;
    travel.addressHolder = Optional.of(new VpsName("other"));
    travel.published = List.of(PublishedPort.parse("8080:80"), PublishedPort.parse("53:53/udp"));
    travel.portsInUse =
        List.of(
            new PortInUse(travel.published.get(0), "a program of the host has it"),
            new PortInUse(travel.published.get(1), "VPS 'other' has it"));

    expect(Topic.NAME, Level.REFUSED, "'web1'");
    expect(Topic.ADDRESS, Level.REFUSED, "VPS 'other' has its address 10.77.0.5");
    expect(
        Topic.PORTS,
        Level.REFUSED,
        "port 8080 of that host is in use: a program of the host has it; and 1 more");

    travel.portsInUse = List.of();
    expect(Topic.PORTS, Level.FINE, "8080:80, 53:53/udp");
  }

  @ParameterizedTest
  @CsvSource({
    "10.77.0.0/16, true, FINE, FINE",
    "10.77.0.0/24, true, WARNING, FINE",
    "10.77.0.0/29, false, WARNING, REFUSED",
    "10.78.0.0/16, false, REFUSED, REFUSED",
    "10.77.0.0/16, false, FINE, REFUSED",
    "'', false, REFUSED, REFUSED",
  })
  void wantsTheSameGateway(String subnet, boolean offered, Level network, Level address) {
    travel.subnet = subnet;
    travel.addressInSubnet = offered;
    expect(Topic.NETWORK, network);
    expect(Topic.ADDRESS, address);
  }

  @Test
  void wantsATemplateOfTheSameContents() {
    travel.template = Optional.of(new TemplateName("of-monday"));
    expect(Topic.TEMPLATE, Level.FINE, "as 'of-monday'");
    travel.template = Optional.empty();
    expect(Topic.TEMPLATE, Level.WARNING, "'tiny'", "sha256:0123", "it is sent first, 2.0 MiB");
    travel.diskMebibytes = 10;
    travel.diskAvailable = (10L + 64 + 2) << 20;
    expect(Topic.DISK, Level.FINE);
    travel.diskAvailable--;
    expect(Topic.DISK, Level.REFUSED);
  }

  /** In MiB: in memory, limit, free there, in all there. */
  @ParameterizedTest
  @CsvSource({
    "100, 512, 512, 4096, FINE",
    "100, 512, 511, 4096, WARNING",
    "100, 512, 100, 4096, WARNING",
    "100, 512, 99, 4096, REFUSED",
    "100, 512, 300, 511, WARNING",
    "0, 512, 0, 4096, WARNING",
  })
  void wantsMemory(long needs, long limit, long free, long total, Level level) {
    travel.memoryMebibytes = needs;
    travel.limitMebibytes = limit;
    travel.memoryAvailable = free << 20;
    travel.memoryTotal = total << 20;
    expect(Topic.MEMORY, level);
  }

  /** In MiB: memory, disk, room of the store, free on the disk. */
  @ParameterizedTest
  @CsvSource({
    "100, 60, 160, 124, FINE, FINE",
    "100, 60, 159, 124, WARNING, FINE",
    "100, 60, 10, 123, WARNING, REFUSED",
    "100, 60, 9, 0, REFUSED, REFUSED",
    "0, 0, 0, 64, FINE, FINE",
  })
  void wantsRoom(long memory, long disk, long room, long free, Level store, Level onDisk) {
    travel.memoryMebibytes = memory;
    travel.diskMebibytes = disk;
    travel.storeRoomMebibytes = room;
    travel.diskAvailable = free << 20;
    expect(Topic.STORE, store);
    expect(Topic.DISK, onDisk);
  }

  @Test
  void refusesAnotherArchitectureEvenToAStoppedVps() {
    travel.architecture = "aarch64";
    expect(Topic.ARCHITECTURE, Level.REFUSED, "amd64", "aarch64");
    travel.hasMemory = false;
    expect(Topic.ARCHITECTURE, Level.REFUSED);
  }

  @ParameterizedTest
  @CsvSource({
    "fpu sse2 avx2, fpu sse2 avx2, FINE",
    "fpu sse2, fpu sse2 avx2 avx512f, FINE",
    "fpu sse2 arat ibrs vmx, fpu sse2, WARNING",
    "fpu sse2 avx, fpu sse2, REFUSED",
    "fpu sse2 avx2, fpu sse2, REFUSED",
    "fpu sse2 avx512_vnni arat, fpu sse2 arat, REFUSED",
    "fpu sse4_2, fpu, REFUSED",
    "fpu xsavec, fpu, REFUSED",
    "fpu pku, fpu, REFUSED",
    "fpu amx_tile, fpu, REFUSED",
    "fpu avx10_3, fpu, REFUSED",
    "fpu, '', REFUSED",
    "'', fpu, REFUSED",
  })
  void comparesProcessors(String here, String there, Level level) {
    travel.wantedFeatures = Travels.words(here);
    travel.cpuFeatures = Travels.words(there);
    expect(Topic.PROCESSOR, level);
  }

  @Test
  void namesTheFlagsAndNotAllOfThem() {
    travel.wantedFeatures = List.of("fpu", "avx", "avx2", "arat");
    travel.cpuFeatures = List.of("fpu");
    expect(Topic.PROCESSOR, Level.REFUSED, "may be using: avx, avx2");
    assertThat(verdict(Topic.PROCESSOR).finding()).doesNotContain("arat");

    travel.wantedFeatures =
        java.util.stream.IntStream.range(10, 30).mapToObj(i -> "avx" + i).toList();
    expect(Topic.PROCESSOR, Level.REFUSED, "avx10, avx11", "avx21 and 8 more");
  }

  /** ARM tells programs every flag that it has. */
  @Test
  void takesEveryFlagOfAnotherArchitectureForOneOfPrograms() {
    travel.sourceArchitecture = "aarch64";
    travel.architecture = "aarch64";
    travel.wantedFeatures = List.of("asimd", "sve");
    travel.cpuFeatures = List.of("asimd");
    expect(Topic.PROCESSOR, Level.REFUSED, "sve");
  }

  @Test
  void warnsOfFewerProcessorsThanTheLimit() {
    travel.processors = 0;
    expect(Topic.PROCESSOR, Level.WARNING, "1.0 processors");
  }

  @ParameterizedTest
  @CsvSource({
    "6.18.0, 6.18.0, FINE",
    "6.18.0-5-amd64, 6.18.3-1-cloud, FINE",
    "6.18.0, 7.1.0, FINE",
    "6.18.0, 6.12.48, WARNING",
    "6.18.0, 5.19, WARNING",
    "6.18.0, strange, WARNING",
    "6.18.0, '', WARNING",
  })
  void comparesKernels(String here, String there, Level level) {
    travel.sourceKernel = here;
    travel.kernel = there;
    expect(Topic.KERNEL, level);
  }

  @Test
  void wantsTheFeaturesOfTheKernelThatProcessesHaveBeenGiven() {
    travel.features = List.of("uffd-noncoop");
    expect(Topic.KERNEL, Level.REFUSED, "time namespace");
    travel.features = List.of("timens");
    expect(Topic.KERNEL, Level.WARNING, "all memory must be read before it runs");
    travel.features = List.of("timens", "uffd-noncoop", "later-ones");
    expect(Topic.KERNEL, Level.FINE);
  }

  @ParameterizedTest
  @CsvSource({
    "4.2.1, 4.2.1, FINE",
    "4.2.1, 4.2.2, FINE",
    "4.2.1, 4.3, FINE",
    "4.2.1, 5.0, FINE",
    "4.2.1, 4.2, WARNING",
    "4.2.1, 4.1.1, REFUSED",
    "4.2.1, 3.17.1, REFUSED",
    "4.2.1, '', REFUSED",
    "4.2.1, newest, REFUSED",
    "'', 4.2.1, REFUSED",
  })
  void comparesEngines(String here, String there, Level level) {
    travel.sourceEngine = here;
    travel.engine = there;
    expect(Topic.ENGINE, level);
  }

  @ParameterizedTest
  @CsvSource({
    "1.1.5+ds1, 1.1.5+ds1, FINE",
    "1.1.5, 1.3.0, FINE",
    "1.1.5, 1.1.4, WARNING",
    "1.1.5, odd, WARNING",
    "1.1.5, '', REFUSED",
  })
  void comparesRuntimes(String here, String there, Level level) {
    travel.sourceRuntime = here;
    travel.runtime = there;
    expect(Topic.RUNTIME, level);
  }

  @ParameterizedTest
  @CsvSource({
    "v2, v2, FINE",
    "hybrid, v2, REFUSED",
    "v2, hybrid, REFUSED",
    "v2, '', REFUSED",
  })
  void comparesControlGroups(String here, String there, Level level) {
    travel.sourceCgroups = here;
    travel.cgroups = there;
    expect(Topic.CGROUPS, level);
  }

  @Test
  void wantsTheControllersThatLimitAVps() {
    travel.controllers = List.of("cpu", "io");
    expect(Topic.CGROUPS, Level.REFUSED, "memory, pids");
    travel.hasMemory = false;
    expect(Topic.CGROUPS, Level.REFUSED, "memory, pids");
  }

  /** It has saved nothing that the other host would have to understand. */
  @Test
  void warnsAStoppedVpsOfWhatItsProcessesWouldBeRefusedFor() {
    travel.hasMemory = false;
    travel.wantedFeatures = List.of("avx512f");
    travel.cgroups = "hybrid";
    travel.engine = "3.17";
    travel.features = List.of();

    for (Topic topic : List.of(Topic.PROCESSOR, Topic.CGROUPS, Topic.ENGINE, Topic.KERNEL)) {
      expect(topic, Level.WARNING, "it is stopped");
    }
    expect(Topic.STATE, Level.FINE, "no processes");
  }

  /** Whatever a peer says: verdicts, and never an exception. */
  @Test
  void judgesWhateverAPeerSays() {
    var random = new Random(4);
    for (int i = 0; i < 2000; i++) {
      travel.protocol = random.nextInt();
      travel.subnet = noise(random);
      travel.kernel = noise(random);
      travel.engine = noise(random);
      travel.runtime = noise(random);
      travel.cgroups = noise(random);
      travel.architecture = noise(random);
      travel.processors = random.nextInt();
      travel.memoryAvailable = random.nextLong();
      travel.memoryTotal = random.nextLong();
      travel.diskAvailable = random.nextLong();
      travel.features = List.of(noise(random));
      travel.controllers = List.of(noise(random));
      travel.cpuFeatures = List.of(noise(random));

      assertThat(Admission.judge(travel.make())).hasSameSizeAs(Arrays.asList(Topic.values()));
    }
  }

  private static String noise(Random random) {
    int[] letters =
        random
            .ints(random.nextInt(40), 0, 12)
            .map(i -> i == 10 ? '.' : i == 11 ? '\n' : '0' + i)
            .toArray();
    return new String(letters, 0, letters.length);
  }
}
