namespace EContract.Hsm.Sessions;

/// <summary>One caller in the queue of an <see cref="Admission"/>. All fields belong to its lock.</summary>
internal abstract class Waiter
{
    internal Waiter? Next { get; set; }

    internal Waiter? Previous { get; set; }

    internal bool IsQueued { get; set; }

    internal long Sequence { get; set; }

    /// <summary>Timestamp after which the wait is given up; <see cref="long.MaxValue"/> if the waiter sees to it itself.</summary>
    internal long Expires { get; set; } = long.MaxValue;

    internal TokenPriority Priority { get; set; }

    /// <summary>The permit is the waiter's from now on. Called without locks held.</summary>
    internal abstract void Granted();

    /// <summary>There will be no permit. Called without locks held.</summary>
    internal abstract void Refused(HsmException reason);
}
