package org.letargo.manager.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.VpsException;
import org.sqlite.SQLiteErrorCode;

/**
 * A SQLite file in WAL mode; what {@link #write} returns from is on the disk. Its calls run on a
 * few platform threads, because they would pin the carriers of virtual ones; writers come one after
 * the other, so none ever meets a locked database. Callers block and may be any thread but an event
 * loop.
 */
public final class Database implements AutoCloseable {
  private static final int READERS = 2;

  /** What is done with a connection; a transaction when it writes. */
  @FunctionalInterface
  public interface Work<T> {
    T on(Connection connection) throws SQLException;
  }

  private final HikariDataSource pool;
  private final ExecutorService writer;
  private final ExecutorService readers;

  private Database(HikariDataSource pool) {
    this.pool = pool;
    this.writer = threads("database-writer", 1);
    this.readers = threads("database-reader", READERS);
  }

  /**
   * Opens the file, makes it if it is not there, and brings its tables up to date.
   *
   * @throws VpsException INTERNAL if it cannot be opened or is of a newer version
   */
  public static Database open(Path file) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl("jdbc:sqlite:" + file);
    config.addDataSourceProperty("journal_mode", "WAL");
    config.addDataSourceProperty("synchronous", "FULL");
    config.addDataSourceProperty("busy_timeout", "5000");
    config.addDataSourceProperty("foreign_keys", "true");
    config.setMaximumPoolSize(READERS + 1);
    config.setPoolName("manager");
    HikariDataSource pool;
    try {
      pool = new HikariDataSource(config);
    } catch (RuntimeException e) {
      throw VpsException.internal("cannot open the database '" + file + "'", e);
    }
    Database database = new Database(pool);
    try {
      database.write(connection -> {
        Migrator.migrate(connection);
        return true;
      });
      return database;
    } catch (RuntimeException e) {
      database.close();
      throw e;
    }
  }

  /** Reads. */
  public <T> T read(Work<T> work) {
    return run(readers, work);
  }

  /** Changes something: all of it or nothing. */
  public <T> T write(Work<T> work) {
    return run(
        writer,
        connection -> {
          connection.setAutoCommit(false);
          T result;
          try {
            result = work.on(connection);
            connection.commit();
          } catch (SQLException | RuntimeException e) {
            rollBack(connection, e);
            throw e;
          }
          connection.setAutoCommit(true);
          return result;
        });
  }

  /**
   * SQLite itself rolls back on a full disk, which the driver does not see: it then has a
   * transaction that is none, and fails at all that ends one. Such a connection is not used again.
   */
  private void rollBack(Connection connection, Exception because) {
    try {
      connection.rollback();
      connection.setAutoCommit(true);
    } catch (SQLException e) {
      because.addSuppressed(e);
      pool.evictConnection(connection);
    }
  }

  private <T> T run(ExecutorService threads, Work<T> work) {
    try {
      return threads
          .submit(() -> {
            try (Connection connection = pool.getConnection()) {
              return work.on(connection);
            }
          })
          .get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof VpsException refused) {
        throw refused;
      }
      throw failed(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw VpsException.internal("interrupted while waiting for the database", e);
    }
  }

  private static VpsException failed(Throwable cause) {
    if (cause instanceof SQLException e && e.getErrorCode() == SQLiteErrorCode.SQLITE_FULL.code) {
      return new VpsException(
          Code.NO_SPACE,
          "the manager cannot write its database",
          "the disk is full",
          "Free space on that disk, then try again.",
          e);
    }
    return VpsException.internal("the database failed", cause);
  }

  private static ExecutorService threads(String name, int count) {
    return Executors.newFixedThreadPool(
        count, Thread.ofPlatform().name(name + "-", 0).daemon(true).factory());
  }

  @Override
  public void close() {
    writer.close();
    readers.close();
    pool.close();
  }
}
