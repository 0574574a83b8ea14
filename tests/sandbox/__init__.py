"""The local OMS, tested over real HTTP like any other client would."""
