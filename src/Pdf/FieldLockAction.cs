namespace EContract.Pdf;

/// <summary>How the field names of a <see cref="FieldLock"/> are meant.</summary>
public enum FieldLockAction
{
    /// <summary>All fields are locked.</summary>
    All,

    /// <summary>The named fields are locked.</summary>
    Include,

    /// <summary>All but the named fields are locked.</summary>
    Exclude,
}
