package org.letargo.hook.preflight;

import java.util.List;

/** Searches a scene for the obstacles of one kind of resource. Without state; never blocks. */
sealed interface Check
    permits KernelObjectCheck,
        PidfdCheck,
        DeviceCheck,
        PipeCheck,
        MappingCheck,
        SharedMemoryCheck,
        FilePlaceCheck,
        DeletedFileCheck,
        LockCheck,
        InotifyCheck,
        TcpCheck,
        DatagramCheck,
        ScopeCheck,
        SocketKindCheck,
        NetlinkCheck,
        UnixSocketCheck,
        NamespaceCheck,
        TaskCheck,
        TerminalCheck,
        MountCheck,
        MessageQueueCheck,
        SocketOptionCheck,
        EventfdCheck,
        KernelTlsCheck,
        NotKeptCheck {

  /** All of them: the table of what cannot be saved, or only when the engine is told how. */
  List<Check> ALL =
      List.of(
          new KernelObjectCheck(),
          new PidfdCheck(),
          new DeviceCheck(),
          new PipeCheck(),
          new MappingCheck(),
          new SharedMemoryCheck(),
          new FilePlaceCheck(),
          new DeletedFileCheck(),
          new LockCheck(),
          new InotifyCheck(),
          new TcpCheck(),
          new DatagramCheck(),
          new ScopeCheck(),
          new SocketKindCheck(),
          new NetlinkCheck(),
          new UnixSocketCheck(),
          new NamespaceCheck(),
          new TaskCheck(),
          new TerminalCheck(),
          new MountCheck(),
          new MessageQueueCheck(),
          new SocketOptionCheck(),
          new EventfdCheck(),
          new KernelTlsCheck(),
          new NotKeptCheck());

  void search(Scene scene, Findings findings);
}
