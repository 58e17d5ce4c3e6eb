"""The dossier 卷宗 of a dispute: what it says, what it still lacks, and how it is set as PDF and DOCX."""
